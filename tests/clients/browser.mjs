// A page in Chromium, without a network of its own: what it asks of anybody is seen.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-sync',
  '--no-first-run',
  '--no-sandbox',
];

// Gives what `use` makes of a page, and leaves nothing behind.
export async function withPage(use, options = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM,
    args: FLAGS,
    ...options,
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    return await use(page);
  } finally {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  }
}
