// Prints pages as a browser does. Reads the texts of pages, and gives each as PDF, in base64.
import { answer } from './ask.mjs';
import { withPage } from './browser.mjs';

await answer((pages) =>
  withPage(async (page) => {
    const printed = [];
    for (const text of pages) {
      await page.setContent(text);
      const pdf = await page.pdf({ preferCSSPageSize: true });
      printed.push(pdf.toString('base64'));
    }
    return printed;
  }),
);
