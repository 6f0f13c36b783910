// Opens the page in headless Chromium, clicks, and prints as JSON what there was to see:
//   node browse.cjs CHROMIUM PAGE_FOLDER INPUT.json PICTURE.png
const fs = require('fs');
const path = require('path');
const puppeteer = require('puppeteer-core');
const { contrasts } = require('./contrasts.cjs');

const WIDTH = 1320;
const HEIGHT = 1600; // more than the dashboard has
const PATIENCE = 60000;

// In the page: what each visualization shows.
function shown() {
    const all = (root, selector) => [...root.querySelectorAll(selector)];
    const items = all(document, '[data-test="viz-item"]').map((item) => [
        item.dataset.id,
        {
            text: item.innerText,
            label: item.querySelector('[data-test="select-outline"]').ariaLabel,
            value: item.querySelector('[data-test="majorValue"]')?.textContent ?? null,
            header: all(item, '[data-test="head-cell"]').map((cell) => cell.dataset.testLabel),
            rows: all(item, '[data-test="body"] [data-test="row"]').map((row) =>
                all(row, '[data-test="cell"]').map((cell) => cell.innerText)
            ),
            links: all(item, 'a').map((link) => link.getAttribute('href')),
            bars: all(item, '.highcharts-series .highcharts-point').filter(
                (bar) => bar.getBoundingClientRect().height >= 1
            ).length,
        },
    ]);
    return Object.fromEntries(items);
}

async function until(page, condition, ...args) {
    await page.waitForFunction(condition, { timeout: PATIENCE, polling: 200 }, ...args);
}

// Until nothing has changed for a second; charts grow for about half of one.
async function settle(page) {
    let last = '';
    for (let same = 0; same < 5; same += 1) {
        await new Promise((done) => setTimeout(done, 200));
        const now = await page.evaluate(() => document.getElementById('root').innerHTML);
        if (now !== last) same = 0;
        last = now;
    }
}

async function clickFirstCell(page, id) {
    const before = await page.evaluate(() => window.SEEN.clicks.length);
    await page.click(`[data-id="${id}"] [data-test="body"] [data-test="cell"]`);
    await until(page, (count) => window.SEEN.clicks.length > count, before);
    return page.evaluate(() => window.SEEN.clicks.at(-1));
}

// What a search is before and after somebody types into a text field, and after the button is
// pressed.
async function typeAndSubmit(page, title, source) {
    const query = () => page.evaluate((id) => window.SEEN.sources[id].query, source);
    const before = await query();
    await page.type(`input[aria-label="${title}"]`, 'x');
    await page.keyboard.press('Tab');
    await settle(page);
    const typed = await query();
    await page.click('[data-test="input-item-submit-button"]');
    const isOther = ([id, last]) => window.SEEN.sources[id].query !== last;
    await until(page, isOther, [source, before]);
    return { before, typed, submitted: await query() };
}

async function main([chromium, folder, inputFile, picture]) {
    const input = JSON.parse(fs.readFileSync(inputFile, 'utf8'));
    const browser = await puppeteer.launch({
        executablePath: chromium,
        args: ['--no-sandbox', '--force-color-profile=srgb', '--lang=en-US'],
        env: { ...process.env, TZ: 'UTC' },
    });
    try {
        const errors = [];
        const page = await browser.newPage();
        page.setDefaultTimeout(PATIENCE);
        page.on('console', (said) => said.type() === 'error' && errors.push(said.text()));
        page.on('pageerror', (error) => errors.push(String(error)));
        page.on('requestfailed', (request) => errors.push(`cannot load ${request.url()}`));
        await page.setViewport({ width: WIDTH, height: HEIGHT });
        await page.setContent(
            '<!doctype html><body style="margin:0"><div id="root"></div>'
        );
        await page.evaluate((given) => Object.assign(window, { INPUT: given }), input);
        await page.addStyleTag({ path: path.join(folder, 'page.css') });
        await page.addScriptTag({ path: path.join(folder, 'page.js') });
        const count = Object.keys(input.definition.visualizations).length;
        const loaded = (wanted) =>
            document.querySelectorAll('[data-test="viz-item"]').length === wanted;
        await until(page, loaded, count).catch((error) => errors.push(String(error)));
        await settle(page);

        const seen = {
            shown: await page.evaluate(shown),
            contrasts: await page.evaluate(contrasts),
            errors,
        };
        const height = await page.evaluate(() => {
            const items = [...document.querySelectorAll('[data-test="viz-item"]')];
            return Math.max(...items.map((item) => item.getBoundingClientRect().bottom)) + 8;
        });
        if (height > HEIGHT) errors.push(`the dashboard is ${height} high, the page ${HEIGHT}`);
        // The page around the dashboard has the background of the dashboard.
        await page.evaluate(() => {
            const colors = [...document.querySelectorAll('#root *')].map(
                (element) => getComputedStyle(element).backgroundColor
            );
            document.body.style.background = colors.find((color) => color.startsWith('rgb('));
        });
        await page.screenshot({
            path: picture,
            clip: { x: 0, y: 0, width: WIDTH, height },
            captureBeyondViewport: false, // which would resize the page and lay it out anew
        });

        seen.clicked = {};
        for (const [id, { eventHandlers }] of Object.entries(input.definition.visualizations)) {
            if (eventHandlers && seen.shown[id].rows.length) {
                seen.clicked[id] = await clickFirstCell(page, id);
            }
        }
        Object.assign(seen, await page.evaluate(() => window.SEEN));
        if (input.typeInto) seen.submit = await typeAndSubmit(page, ...input.typeInto);
        console.log(JSON.stringify(seen));
    } finally {
        await browser.close();
    }
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
