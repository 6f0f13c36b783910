// In the page: each text with the contrast to its background, as WCAG 2.2 computes it.
function contrasts() {
    const parsed = (color) => {
        const [r, g, b, a = 1] = (color.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
        return { rgb: [r, g, b], a };
    };
    const over = (top, alpha, bottom) => top.map((c, i) => alpha * c + (1 - alpha) * bottom[i]);
    const luminance = (rgb) => {
        const [r, g, b] = rgb
            .map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgroundOf = (element) => {
        if (!element) return [255, 255, 255];
        const { rgb, a } = parsed(getComputedStyle(element).backgroundColor);
        return a === 1 ? rgb : over(rgb, a, backgroundOf(element.parentElement));
    };
    const opacityOf = (element) =>
        element ? getComputedStyle(element).opacity * opacityOf(element.parentElement) : 1;
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const { width, height } = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const isShown =
            texts.currentNode.data.trim() !== '' &&
            width > 1 && // texts for screen readers alone have one pixel
            height > 1 &&
            style.visibility === 'visible' &&
            opacityOf(element) > 0 &&
            !element.closest('[disabled], [aria-disabled="true"]'); // WCAG excepts them
        if (!isShown || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
        const isSvg = element instanceof SVGElement;
        const { rgb, a } = parsed(isSvg ? style.fill : style.color);
        const background = backgroundOf(element);
        const color = over(rgb, a * opacityOf(element), background);
        const [dark, light] = [luminance(color), luminance(background)].sort((x, y) => x - y);
        found.push({
            id: element.closest('[data-test="viz-item"]')?.dataset.id ?? '',
            text: texts.currentNode.data.trim().slice(0, 60),
            color: isSvg ? style.fill : style.color,
            background: `rgb(${background.map(Math.round).join(', ')})`,
            ratio: (light + 0.05) / (dark + 0.05),
        });
    }
    return found;
}

module.exports = { contrasts };
