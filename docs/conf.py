"""Build the documentation; the tables of the reference are produced from the code."""

import importlib
import pkgutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import sledai

sys.path.insert(0, str(Path(__file__).parent))

import tables
from bs4 import BeautifulSoup
from pydantic import BaseModel
from sphinx.application import Sphinx
from sphinx.errors import PycodeError
from sphinx.pycode import ModuleAnalyzer

tables.write(Path(__file__).parent / "reference" / "generated")

project = "sledai"
author = "The sledai maintainers"
project_copyright = "2026, the sledai maintainers"
version = release = sledai.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton", "sphinx_design"]
exclude_patterns = ["_build", "reference/generated"]
html_theme = "furo"
html_title = f"sledai {release}"
html_theme_options = {"top_of_page_buttons": []}
html_show_sourcelink = html_copy_source = False
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["sledai.css"]
html_js_files = [("sledai.js", {"defer": "defer"})]
default_role = "code"

# A notebook holds no output: it is executed with each build, which fails where a cell does.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

# Of a session the commands are copied, without their prompts and what they print.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_copy_empty_lines = False

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
myst_enable_extensions = ["colon_fence"]
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


def name_plain_types() -> None:
    """Say of a field that it is text or a Quantity, and not by which functions that is held."""
    for module in pkgutil.walk_packages(sledai.__path__, "sledai."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, BaseModel) and one is not BaseModel:
                signature = one.__signature__
                held = {name: field.annotation for name, field in signature.parameters.items()}
                plain = get_type_hints(SimpleNamespace(__annotations__=held), {})
                one.__signature__ = signature.replace(
                    parameters=[
                        field.replace(annotation=plain[name])
                        for name, field in signature.parameters.items()
                    ]
                )
                # Sphinx asks both, and takes the word of these.
                one.__annotations__ = {
                    name: plain.get(name, said) for name, said in one.__annotations__.items()
                }


name_plain_types()


FITS = 2  # columns in the narrowest window


def name_cells(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Give the cells of wide tables the name of their column, to stand before them in blocks.

    What a table is drawn as says no more that it is one, so that it says so itself.
    """
    if "<table" not in context.get("body", ""):
        return
    body = BeautifulSoup(context["body"], "html.parser")
    for table in body.select("table.docutils"):
        names = [head.get_text(" ", strip=True) for head in table.select("thead th")]
        if len(names) <= FITS:
            continue
        table["class"] = [*table["class"], "in-blocks"]
        table["role"] = "table"
        for part, role in (
            ("thead, tbody", "rowgroup"),
            ("tr", "row"),
            ("th", "columnheader"),
            ("td", "cell"),
        ):
            for one in table.select(part):
                one["role"] = role
        for row in table.select("tbody tr"):
            for cell, name in zip(row.select("td"), names, strict=True):
                cell["data-column"] = name
                if not cell.get_text(strip=True):
                    cell["class"] = [*cell.get("class", []), "is-empty"]
    context["body"] = str(body)


def level_captions(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Say of which level the captions of the navigation are, which Sphinx calls headings."""
    for part in ("body", "furo_navigation_tree"):
        if found := context.get(part):
            context[part] = found.replace(
                'class="caption" role="heading"', 'class="caption" role="heading" aria-level="2"'
            )


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", name_cells)
    app.connect("html-page-context", level_captions, priority=900)  # after furo's navigation
    app.connect("autodoc-process-docstring", say_where_it_is_defined)
