// Files that are kept, and the sheet: all of them are made by the library.
import { made, named, NotAccepted } from './asking.js';

const NAMES = { json: 'json', fhir: 'fhir.json', csv: 'csv' };

export async function keep(what, form) {
  const file = await (await made(what, form)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${['visit', form.date].filter(Boolean).join('-')}.${NAMES[what]}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  const lost = what !== 'json' && Object.keys(form.findings).length > 0;
  return `Saved ${link.download}${lost ? '; laboratory values are kept in JSON alone' : ''}.`;
}

// The sheet has a page of its own, since its styles are not those of the form. It is opened before
// the library is asked, or a browser takes it for an advertisement.
export async function printSheet(form, trials) {
  const sheet = open('sheet', '_blank');
  if (!sheet) throw new Error('The browser did not open a page for the sheet.');
  try {
    const there = new Promise((loaded) => sheet.addEventListener('load', loaded, { once: true }));
    const [reply] = await Promise.all([made('sheet', form, trials), there]);
    // Its own parser, as its own policy has to allow the styles.
    const parsed = new sheet.DOMParser().parseFromString(await reply.text(), 'text/html');
    const page = sheet.document;
    page.replaceChild(page.adoptNode(parsed.documentElement), page.documentElement);
    sheet.print();
    return 'The sheet is on a page of its own.';
  } catch (error) {
    sheet.close();
    throw error;
  }
}

// What is not accepted of a file is said with its place there: it is in no field of the page.
export async function openFile(file) {
  try {
    return await (await made('json', file)).json();
  } catch (error) {
    if (!(error instanceof NotAccepted) || !error.places.length) throw error;
    throw new Error(['Not accepted.', ...error.places.map(named)].join(' '));
  }
}
