/* What is on the page: elements, groups by name, and numbers as it writes them. */

const one = (selector, within = root) => within.querySelector(selector);
const all = (selector, within = root) => [...within.querySelectorAll(selector)];
const { noun } = root.dataset;

const names = new Map(page.datasets.groups.map((row) => [row.group, row.name]));
const rows = new Map(page.datasets.groups.map((row) => [row.group, row]));

const fixed = (digits) => {
  const format = new Intl.NumberFormat("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (value) => (value == null ? "–" : format.format(value).replace("-", "−"));
};
const two = fixed(2);
const percent = (value) => `${fixed(0)(100 * value)}%`;
