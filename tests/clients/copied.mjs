// Clicks the copy buttons of a page, and gives what each copies.
//
// Reads the path of the page, and gives a list of texts, in the order of its examples.
import { pathToFileURL } from 'node:url';
import { answer } from './ask.mjs';
import { withPage } from './browser.mjs';

await answer((file) =>
  withPage(async (page) => {
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(() => {
      window.copied = [];
      document.addEventListener('copy', () => window.copied.push(document.activeElement.value));
    });
    for (const button of await page.locator('button.copybtn').all()) {
      await button.focus();
      await page.keyboard.press('Enter');
    }
    return page.evaluate(() => window.copied);
  }),
);
