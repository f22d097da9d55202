/* What is on the page: elements, groups by name, and numbers as it writes them. */

const one = (selector, within = root) => within.querySelector(selector);
const all = (selector, within = root) => [...within.querySelectorAll(selector)];
const { words } = page;

const names = new Map(page.datasets.groups.map((row) => [row.group, row.name]));
const rows = new Map(page.datasets.groups.map((row) => [row.group, row]));

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
const percent = (value) => `${fixed(0)(100 * value)}%`;
