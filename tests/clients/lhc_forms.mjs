// Fills in forms in LHC-Forms, in Chromium, as somebody would who clicks.
//
// Reads a list of { form, release, steps }, where a step is a linkId with { code } of the answer that
// is clicked or { text } that is typed, and gives for each { shown, response, errors }: the scores
// on the page, and the QuestionnaireResponse.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { answer } from './ask.mjs';
import { withPage } from './browser.mjs';

const ADDRESS = 'http://forms.invalid/';
const FILES = new URL('node_modules/lforms/dist/lforms/', import.meta.url);
// Without the character set the tables of its parser of FHIRPath break.
const TYPES = { '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };
const PAGE = `<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="webcomponent/styles.css">
<style>* { animation: none !important; transition: none !important; }</style>
<div id="form"></div>
<script src="webcomponent/assets/lib/zone.min.js"></script>
<script src="webcomponent/runtime.js" type="module"></script>
<script src="webcomponent/polyfills.js" type="module"></script>
<script src="webcomponent/main.js" type="module"></script>
<script src="fhir/lformsFHIRAll.min.js" defer></script>`;
async function serve(route) {
  const { href, pathname } = new URL(route.request().url());
  if (href === ADDRESS) {
    await route.fulfill({ contentType: 'text/html; charset=utf-8', body: PAGE });
  } else if (href.startsWith(ADDRESS)) {
    const body = await readFile(new URL(pathname.slice(1), FILES));
    await route.fulfill({ contentType: TYPES[extname(pathname)], body });
  } else {
    throw new Error(`the form asks for ${href}`);
  }
}

async function fill(page, { form, release, steps }) {
  await page.evaluate(
    ([form, fhirVersion]) => LForms.Util.addFormToPage(form, 'form', { fhirVersion }),
    [form, release],
  );
  for (const [linkId, said] of steps) {
    if (said.code) {
      await page.locator(`[id^="${linkId}/"][id$="|${said.code}"]`).click();
    } else {
      const field = page.locator(`input[id^="${linkId}/"], [id^="${linkId}/"] input`);
      await field.fill('');
      await field.pressSequentially(said.text);
      await field.press('Tab');
    }
  }
  return page.evaluate(read, release);
}

// In the page: what it shows once it has come to rest. What a click asks to be computed is computed
// by a timer and without a pause, so that nothing is under way when two readings are the same.
async function read(release) {
  const now = () => {
    const shown = {};
    for (const field of document.querySelectorAll('input[readonly], input[disabled]')) {
      shown[field.id.split('/')[0]] = field.value;
    }
    const response = LForms.Util.getFormFHIRData('QuestionnaireResponse', release, '#form');
    return { shown, response };
  };
  const said = ({ shown, response }) => JSON.stringify([shown, response.item]);
  for (let before = now(); ; ) {
    await new Promise((later) => setTimeout(later, 50));
    const after = now();
    if (said(after) === said(before)) {
      return after;
    }
    before = after;
  }
}

const SMALL = { width: 800, height: 400 }; // what is not seen is not drawn, which takes most of the time

await answer((visits) =>
  withPage(
    async (page) => {
      const errors = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.route('**/*', serve);
      await page.goto(ADDRESS);
      await page.waitForFunction(() => window.LForms?.Util?.addFormToPage && window.LForms.FHIR);
      const filled = [];
      for (const visit of visits) {
        filled.push({ ...(await fill(page, visit)), errors: errors.splice(0) });
      }
      return filled;
    },
    { viewport: SMALL },
  ),
);
