"""Build the documentation; the tables of the reference are produced from the code."""

import sys
from pathlib import Path

import sledai

sys.path.insert(0, str(Path(__file__).parent))

import tables

tables.write(Path(__file__).parent / "reference" / "generated")

project = "sledai"
author = "The sledai maintainers"
project_copyright = "2026, the sledai maintainers"
version = release = sledai.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "reference/generated"]
html_theme = "furo"
html_title = f"sledai {release}"
default_role = "code"

autodoc_default_options = {
    "members": True,
    "exclude-members": "model_config,model_fields,model_computed_fields",
}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_preserve_defaults = True
# What is not ours, and the validators inside the type of a field.
nitpick_ignore_regex = [("py:.*", r"(?!sledai\.).*"), ("py:class", r"sledai\..*\._\w+")]
myst_heading_anchors = 3
