// Looks at pages in Chromium, and says what axe finds wrong with them.
//
// Reads a list of { page, scheme, media, width, height, picture }: `page` is an address, the path
// of a file or a text of HTML, and all else may be left out. The scheme is light or dark, the media
// are screen or print, and `picture` is the path to which a PNG of the whole page is written. Gives
// for each { violations, unsure, sideways, requests, errors }: what breaks a rule, of which rules
// axe cannot tell, by how many pixels the page is wider than the window, what the page asked for
// beside itself, and what its scripts and its policy had to complain.
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { answer } from './ask.mjs';
import { withPage } from './browser.mjs';

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

// What axe finds on the page as it stands.
export async function found(page) {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(await readFile(AXE, 'utf-8'));
  }
  const { violations, incomplete } = await page.evaluate(() =>
    window.axe.run({ resultTypes: ['violations', 'incomplete'] }),
  );
  const said = ({ id, help, nodes }) => ({
    rule: id,
    help,
    places: nodes.map(({ target, html, failureSummary: why }) => ({ target, html, why })),
  });
  return { violations: violations.map(said), unsure: incomplete.map(said) };
}

// By how many pixels the page can be moved sideways.
export function sideways(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

async function look(page, asked) {
  const { scheme = 'light', media = 'screen', width = 1400, height = 900 } = asked;
  const requests = [];
  const errors = [];
  let address;
  page.on('request', (request) => request.url() !== address && requests.push(request.url()));
  page.on('console', (said) => said.type() === 'error' && errors.push(said.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.emulateMedia({ colorScheme: scheme, media, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height });
  if (asked.page.trimStart().startsWith('<')) {
    await page.setContent(asked.page);
  } else {
    address = URL.canParse(asked.page) ? asked.page : pathToFileURL(asked.page).href;
    await page.goto(address);
  }
  if (asked.picture) {
    await page.screenshot({ path: asked.picture, fullPage: true });
  }
  const wider = await sideways(page);
  const saw = await found(page);
  return { ...saw, sideways: wider, requests, errors };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await answer((pages) =>
    withPage(async (first) => {
      const looks = [];
      for (const asked of pages) {
        const page = await first.context().newPage();
        looks.push(await look(page, asked));
        await page.close();
      }
      return looks;
    }),
  );
}
