// Opens reports in headless Chromium, and prints as JSON what there was to see:
//   node look.cjs CHROMIUM INPUT.json
// INPUT is a list of {file, width, scheme}, and of {..., picture, from, height, scale} for a picture
// of the page from the element that the selector `from` finds.
const fs = require('fs');
const puppeteer = require('puppeteer-core');
const { contrasts } = require('./contrasts.cjs');

const HEIGHT = 900;
const MOST_TABS = 200;

// In the page, before anything of it: notes what the policy forbids.
function watch() {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
        window.violations.push(`${event.violatedDirective} ${event.blockedURI}`)
    );
}

// In the page: what it contains, and whether anything is wider than it.
function shown() {
    const root = document.documentElement;
    const color = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
    const names = ['page', 'panel', 'look', 'change', 'use', 'hide', 'used', 'others', 'quiet'];
    return {
        title: document.title,
        overflow: root.scrollWidth - root.clientWidth,
        ran: window.ran ?? null,
        violations: window.violations,
        background: getComputedStyle(document.body).backgroundColor,
        styled: getComputedStyle(document.querySelector('main')).maxWidth,
        colors: Object.fromEntries(names.map((name) => [name, color(name)])),
        lanes: document.querySelectorAll('#timeline ~ ol .lane').length,
        marks: [...document.querySelectorAll('.lane use, .lane rect')].filter(
            (mark) => mark.getBoundingClientRect().width >= 1
        ).length,
    };
}

// In the page: whether the content of closed details is visible.
function insides() {
    const all = [...document.querySelectorAll('details')];
    const isSeen = (each) => {
        const inside = each.querySelector('.inside');
        return inside.checkVisibility({ contentVisibilityAuto: true }) && inside.offsetHeight > 0;
    };
    return { all: all.length, open: all.filter((e) => e.open).length, seen: all.filter(isSeen).length };
}

// With keys alone: the skip link, then to the first finding, which Enter opens and Space closes.
async function useKeyboard(page) {
    const focused = () =>
        page.evaluate(() => {
            const element = document.activeElement;
            const box = element.getBoundingClientRect();
            return {
                tag: element.tagName,
                text: element.innerText,
                inFindings: element.closest('.findings') !== null,
                isSeen: box.left >= 0 && box.right <= innerWidth,
                outline: parseFloat(getComputedStyle(element).outlineWidth),
                open: element.parentElement?.open ?? null,
            };
        });
    await page.keyboard.press('Tab');
    const skip = await focused();
    await page.keyboard.press('Enter');
    const at = await page.evaluate(() => location.hash);
    let last = skip;
    for (let tabs = 0; tabs < MOST_TABS && !(last.tag === 'SUMMARY' && last.inFindings); tabs += 1) {
        await page.keyboard.press('Tab');
        last = await focused();
    }
    await page.keyboard.press('Enter');
    const opened = await focused();
    await page.keyboard.press('Space');
    return { skip, at, summary: last, opened, closed: await focused() };
}

// A link to a finding opens it.
async function followLink(page) {
    const link = await page.$('a[href="#finding-1"]');
    if (!link) return null;
    await link.click();
    return page.evaluate(() => ({
        open: document.getElementById('finding-1').closest('details').open,
        top: document.getElementById('finding-1').getBoundingClientRect().top,
    }));
}

// Chromium shows the content of closed details only in the frame after the one that has the styles.
async function emulateMedia(page, type) {
    await page.emulateMediaType(type);
    await page.waitForFunction((wanted) => matchMedia(wanted).matches, {}, type);
    await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    );
}

async function lookAt(browser, { file, width, scheme, picture, from, height, scale = 1 }) {
    const page = await browser.newPage();
    const errors = [];
    page.on('console', (said) => errors.push(`${said.type()}: ${said.text()}`));
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('dialog', (dialog) => errors.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
    page.on('request', (request) => {
        if (request.url() !== `file://${file}`) errors.push(`request: ${request.url()}`);
    });
    await page.evaluateOnNewDocument(watch);
    await page.setViewport({ width, height: HEIGHT, deviceScaleFactor: scale });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.goto(`file://${file}`);
    const seen = { errors, closed: await page.evaluate(shown) };
    if (picture) {
        const section = await page.$(from);
        const { y } = await section.boundingBox();
        await page.screenshot({ path: picture, clip: { x: 0, y, width, height } });
    }
    seen.insides = await page.evaluate(insides);
    await emulateMedia(page, 'print');
    seen.printed = await page.evaluate(insides);
    await emulateMedia(page, 'screen');
    seen.keyboard = await useKeyboard(page);
    seen.link = await followLink(page);
    await page.evaluate(() => document.querySelectorAll('details').forEach((e) => (e.open = true)));
    seen.open = await page.evaluate(shown);
    seen.contrasts = await page.evaluate(contrasts);
    await page.close();
    return seen;
}

async function main([chromium, inputFile]) {
    const browser = await puppeteer.launch({
        executablePath: chromium,
        args: ['--no-sandbox', '--force-color-profile=srgb', '--lang=en-US'],
        env: { ...process.env, TZ: 'UTC' },
    });
    try {
        const all = [];
        for (const job of JSON.parse(fs.readFileSync(inputFile, 'utf8'))) {
            all.push(await lookAt(browser, job));
        }
        console.log(JSON.stringify(all));
    } finally {
        await browser.close();
    }
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
