// What is wider than its place is moved sideways, and so it is reached by the keyboard: from the first
// moment the page stands, and as its places grow and shrink.
const boxes = document.querySelectorAll("article pre, .table-wrapper, .cell_output .output");
function reach(box) {
  if (box.scrollWidth > box.clientWidth) {
    box.tabIndex = 0;
  } else {
    box.removeAttribute("tabindex");
  }
}
const watch = new ResizeObserver((seen) => seen.forEach(({ target }) => reach(target)));
boxes.forEach((box) => watch.observe(box));
addEventListener("load", () => boxes.forEach(reach));

// Furo gives its two sides no names, which tell them apart.
for (const [side, name] of [[".sidebar-drawer", "All pages"], [".toc-drawer", "This page"]]) {
  document.querySelector(side)?.setAttribute("aria-label", name);
}
