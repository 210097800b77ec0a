// Opens the pages of the documentation in Chromium, one after the other in one window.
//
// Reads { pages, width, scheme } and gives for each page { violations, sideways, requests, errors },
// as `axe.mjs` does. Contrast takes axe nearly all of its time, and is what colors, size and weight
// of a text make it: of texts that are alike in these, on whichever page, it is told the first. The
// list of all pages stands on each, and is looked at on the first.
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { answer } from './ask.mjs';
import { sideways } from './axe.mjs';
import { withPage } from './browser.mjs';

const AXE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf-8');

// Marks the first text of each look that was not seen yet, and gives the looks.
function markLooks(seen) {
  const known = new Set(seen);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) {
      continue;
    }
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const beneath = [];
    for (let one = element; one; one = one.parentElement) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(one);
      beneath.push(backgroundColor, backgroundImage, opacity);
    }
    const layers = beneath.filter((one) => !['rgba(0, 0, 0, 0)', 'none', '1'].includes(one));
    const look = [color, fontSize, fontWeight, ...layers].join(' ');
    if (!known.has(look)) {
      known.add(look);
      element.dataset.look = '';
    }
  }
  return [...known];
}

async function runAxe(all) {
  const context = all ? document : { exclude: ['.sidebar-tree'] };
  const options = { preload: false, resultTypes: ['violations'] }; // all files are ours
  const contrast = 'color-contrast';
  const found = await window.axe.run(context, {
    ...options,
    rules: { [contrast]: { enabled: false } },
  });
  const looks = [...document.querySelectorAll('[data-look]')];
  if (looks.length) {
    const more = await window.axe.run(looks, { ...options, runOnly: [contrast] });
    found.violations.push(...more.violations);
  }
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => [id, html.slice(0, 200), failureSummary]),
  );
}

await answer(({ pages, width, scheme }) =>
  withPage(async (page) => {
    let requests = [];
    let errors = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (said) => said.type() === 'error' && errors.push(said.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    let looks = [];
    const found = [];
    for (const file of pages) {
      requests = [];
      errors = [];
      await page.goto(pathToFileURL(file).href);
      const wider = await sideways(page);
      looks = await page.evaluate(markLooks, looks);
      await page.evaluate(AXE);
      const violations = await page.evaluate(runAxe, found.length === 0);
      found.push({ violations, sideways: wider, requests, errors });
    }
    return found;
  }),
);
