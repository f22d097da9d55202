/* What is on the page: elements, groups by name, and numbers as it writes them. */

const one = (selector, within = root) => within.querySelector(selector);
const all = (selector, within = root) => [...within.querySelectorAll(selector)];
const { words } = page;

const names = new Map(page.datasets.groups.map((row) => [row.group, row.name]));
const rows = new Map(page.datasets.groups.map((row) => [row.group, row]));

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
