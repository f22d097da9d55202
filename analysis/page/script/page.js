/* What is on the page: elements, groups by name, and numbers as it writes them. */

const one = (selector, within = root) => within.querySelector(selector);
const all = (selector, within = root) => [...within.querySelectorAll(selector)];
const { words } = page;

// Rows come as columns, and those within rows as columns within columns; texts that return, once.
function unpacked(columns) {
  if (Array.isArray(columns)) return columns;
  if ("" in columns) return columns.at.map((place) => columns[""][place]);
  const inside = Object.entries(columns).map(([key, column]) => [key, unpacked(column)]);
  return inside[0][1].map((_, i) => Object.fromEntries(inside.map(([key, own]) => [key, own[i]])));
}

page.table = unpacked(page.table);
for (const [name, columns] of Object.entries(page.datasets)) page.datasets[name] = unpacked(columns);

const names = new Map(page.datasets.groups.map((row) => [row.group, row.name]));
const rows = new Map(page.datasets.groups.map((row) => [row.group, row]));
for (const row of [...page.datasets.observations, ...page.datasets.effects]) {
  const { name, n, weighed } = rows.get(row.group);
  Object.assign(row, { name, n, weighed });
}

const byGroup = new Map();
// The rows of a data set that are of one group.
function ofGroup(name, group) {
  if (!byGroup.has(name)) byGroup.set(name, Map.groupBy(page.datasets[name], (row) => row.group));
  return byGroup.get(name).get(group) ?? [];
}

const fixed = (digits) => {
  const format = new Intl.NumberFormat("en", {
    useGrouping: false,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (value) => (value == null ? "–" : signed(format.format(value)));
};
// What rounds to zero has no sign.
const signed = (text) => text.replace(/^-(?=[0.]*$)/, "").replace("-", "−");
const raised = (power) =>
  String(power).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
const writer = ({ decimals, power }) => {
  const write = fixed(decimals);
  if (!power) return write;
  const ten = `\u00a0×\u00a010${raised(power)}`;
  return (value) => (value == null ? "–" : write(value / 10 ** power) + ten);
};
const writers = Object.fromEntries(
  Object.entries(page.notations)
    .filter(([, notation]) => notation)
    .map(([name, notation]) => [name, writer(notation)]),
);
function twoDigits(value) {
  if (value === 0) return fixed(2)(0);
  const power = Math.floor(Math.log10(value));
  if (power < -4 || power > 6) return writer({ decimals: 1, power })(value);
  return fixed(Math.max(0, 1 - power))(Number(value.toPrecision(2)));
}
const percent = (value) => `${fixed(0)(100 * value)}%`;
