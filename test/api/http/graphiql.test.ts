import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { Api } from '../../support/api.js';
import { chromiumPath } from '../../support/browser.js';

const executablePath = chromiumPath();
if (executablePath === undefined)
  console.warn('skipped: there is no chromium here; install one, or name it by CHROMIUM_PATH');

const opening = `mutation {
  openTicket(input: { id: "T-1", customer: "acme", plan: "pro", type: "productBug", channel: "email", subject: "It broke" }) {
    ... on TicketChanged { position }
  }
}`;

(executablePath === undefined ? describe.skip : describe)('GraphiQL in a browser', () => {
  let api: Api;
  let browser: Browser;
  let page: Page;
  /** Where the page asked, and what it complained of. */
  let asked: string[];
  let complaints: string[];
  let after: string;

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const { openTicket } = await api.data<{ openTicket: { position: string } }>(opening);
    after = openTicket.position;
    // Whoever is asked elsewhere is not found, so that a page which needs them shows it.
    const args = ['--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'];
    browser = await chromium.launch({ executablePath: executablePath ?? '', args });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await api.end();
  });

  beforeEach(async () => {
    [asked, complaints] = [[], []];
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('request', (request) => asked.push(request.url()));
    page.on('websocket', (socket) => asked.push(socket.url()));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${api.url}/graphql#key=${api.key}`);
    await page.locator('.graphiql-execute-button').waitFor();
  });

  /** Types a query in place of what is there, and runs it when the page has read it: it then keeps its name. */
  async function run(name: string, query: string) {
    await page.locator('.graphiql-query-editor .CodeMirror').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(query);
    const kept = () => page.evaluate(`localStorage.getItem('graphiql:operationName')`);
    const tries = 500;
    for (let i = 0; i < tries && (await kept()) !== name; i++) await sleep(20); // the page's policy lets no script wait in it
    expect(await kept()).toBe(name);
    await page.keyboard.press('Control+Enter');
  }

  const result = (text: string) => page.locator('.result-window', { hasText: text }).waitFor();

  it('answers the query it comes with', async () => {
    await page.locator('.graphiql-execute-button').click();
    await result('"workQueue"');
    await result('"It broke"');
    expect(complaints).toEqual([]);
  });

  it('answers what is typed, checked against the schema', async () => {
    await run('Ask', 'query Ask { ticket(id: "T-1") { subject guarantee { kind } } }');
    await result('"GUARANTEED"');
    await run('Wrong', 'query Wrong { ticket(id: "T-1") { nonsense } }');
    await page.locator('.CodeMirror-lint-mark-error').first().waitFor();
    await result('Cannot query field');
  });

  it('shows what a subscription hears', async () => {
    await run('Watch', `subscription Watch { slaEvents(after: "${after}") { ... on SlaEvent { kind ticket dueAt } } }`);
    await result('"slaEvents": {}'); // the first heartbeat: what follows is heard live
    api.time.moveTo(Date.parse('2026-03-02T15:00:00Z'));
    await result('"SLA_AT_RISK"');
    expect(complaints).toEqual([]);
  });

  it('shows its docs as soon as a key is pasted', async () => {
    await page.goto('about:blank');
    await page.goto(`${api.url}/graphql`);
    await page.locator('[aria-label="Show Documentation Explorer"]').click();
    await page.getByText('Error fetching schema').waitFor();
    await page.locator('.graphiql-editor-tool .CodeMirror').last().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(JSON.stringify({ authorization: `Bearer ${api.key}` }));
    await page.getByText('A GraphQL schema provides a root type').waitFor();
  });

  it('sends requests only to the server', async () => {
    await page.locator('[aria-label="Show Documentation Explorer"]').click();
    await page.getByText('A GraphQL schema provides a root type').waitFor();
    await page.locator('[aria-label="Open settings dialog"]').click();
    await page.getByText('Theme').first().waitFor();
    expect(asked.length).toBeGreaterThan(6);
    expect(asked.filter((url) => !['http', 'ws'].some((by) => url.startsWith(`${by}${api.url.slice(4)}/`)))).toEqual(
      [],
    );
    expect(complaints).toEqual([]);
  });
});
