"""Build the documentation; the tables of the reference are produced from the code."""

import sys
from pathlib import Path

import sledai

sys.path.insert(0, str(Path(__file__).parent))

import tables
from sphinx.application import Sphinx
from sphinx.errors import PycodeError
from sphinx.pycode import ModuleAnalyzer

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
# What is not ours, the validators inside the type of a field, and what rows are held against.
nitpick_ignore_regex = [
    ("py:.*", r"(?!sledai\.).*"),
    ("py:class", r"sledai\..*\._\w+"),
    ("py:class", r"sledai\.quantities\.fields\.\w+"),
    ("py:class", r"sledai\.files\.(source\.Source|batches\.Extra)"),  # how formats are held
    ("py:class", r"sledai\.indices\.sfi_criteria\.(Facts|Parameters)"),  # how criteria are held
]
myst_heading_anchors = 3


def say_where_it_is_defined(
    _app: Sphinx, what: str, name: str, value: object, _options: object, lines: list[str]
) -> None:
    """Take what is said of a constant from the module that defines it, not from its type."""
    if what != "data":
        return
    constant = name.rpartition(".")[2]
    for module in [one for one in sys.modules if one.startswith("sledai")]:
        if vars(sys.modules[module]).get(constant) is value:
            try:
                said = ModuleAnalyzer.for_module(module).find_attr_docs().get(("", constant))
            except PycodeError:
                continue
            if said:
                lines[:] = said


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", say_where_it_is_defined)
