/* All that the page computes itself: lines and weights of what a reader takes away, a row at a
   time, and of what is drawn at random. No table of results could hold it. Tests compare it, draw
   by draw, with NumPy's whole matrices. */

const DRAWS = 200;

function weightOf(n, ratio) {
  return ratio === Infinity ? 1 : (n * ratio) / (n * ratio + 1);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// Predictors that differ by no more differ by rounding, as where results fit these lines.
const ALIKE =
  64 *
  Number.EPSILON *
  page.datasets.observations.reduce((most, row) => Math.max(most, Math.abs(row.x)), 0);

/* The least-squares line: its height at the predictor's mean, and its slope, if it has one. */
function leastSquares(points) {
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const values = points.map((point) => point.x);
  if (Math.max(...values) - Math.min(...values) <= ALIKE) return { x, y, slope: null };
  const squares = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  const products = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return { x, y, slope: products / squares };
}

/* Uniform numbers from 0 to 1, the same for the same seed: mulberry32, by T. Ettinger. */
function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/* A normal number of two uniform ones (Box & Muller 1958). */
function normal(uniform) {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
}

/* Predictors of a simulated group, by chance from those of the study; at least two differ. */
function predictors(uniform, pool, size) {
  for (;;) {
    const drawn = Array.from({ length: size }, () => pool[Math.floor(uniform() * pool.length)]);
    if (Math.max(...drawn) - Math.min(...drawn) > ALIKE) return drawn;
  }
}

/* A group of the model: its true line, as height and slope, and the predictors of its rows, less
   the mean of all. */
function simulatedGroup(uniform, model, { size, spread }) {
  const [[first, both], [, second]] = model.covariance;
  // The Cholesky root of the covariance; rounding may take what is left below 0.
  const a = Math.sqrt(first);
  const b = a > 0 ? both / a : 0;
  const c = Math.sqrt(Math.max(0, second - b * b));
  const [u, v] = [normal(uniform), normal(uniform)];
  const truth = [
    model.average.height + spread * a * u,
    model.average.slope + spread * (b * u + c * v),
  ];
  const x = predictors(uniform, model.pool, size).map((value) => value - model.centre);
  const sum = x.reduce((total, each) => total + each, 0);
  const squares = x.reduce((total, each) => total + each ** 2, 0);
  return { truth, x, square: [[size, sum], [sum, squares]] };
}

/* Groups with their rows, and with the sums of products that the lines follow from. */
function simulated(uniform, model, wanted) {
  return Array.from({ length: wanted.groups }, () => {
    const group = simulatedGroup(uniform, model, wanted);
    const [height, slope] = group.truth;
    const y = group.x.map((x) => height + slope * x + model.residual * normal(uniform));
    const product = [
      y.reduce((sum, each) => sum + each, 0),
      y.reduce((sum, each, i) => sum + each * group.x[i], 0),
    ];
    return { ...group, y, product };
  });
}

/* The same by the sums alone, without a row's outcome: the residuals' part of X'y is normal, with
   the covariance sigma² X'X. */
function simulatedSums(uniform, model, wanted) {
  return Array.from({ length: wanted.groups }, () => {
    const group = simulatedGroup(uniform, model, wanted);
    const [[n, sum], [, squares]] = group.square;
    const [u, v] = [normal(uniform), normal(uniform)];
    const root = Math.sqrt(n);
    const rest = [root * u, (sum / root) * u + Math.sqrt(squares - sum ** 2 / n) * v];
    const fitted = onto(group.square, group.truth);
    const product = fitted.map((value, i) => value + model.residual * rest[i]);
    return { ...group, product };
  });
}

const times = ([[a, b], [c, d]], [[e, f], [g, h]]) => [
  [a * e + b * g, a * f + b * h],
  [c * e + d * g, c * f + d * h],
];
const onto = ([[a, b], [c, d]], [x, y]) => [a * x + b * y, c * x + d * y];
const plus = (one, other) => one.map((row, i) => row.map((value, j) => value + other[i][j]));
const inverse = ([[a, b], [c, d]]) => {
  const determinant = a * d - b * c;
  return [
    [d / determinant, -b / determinant],
    [-c / determinant, a / determinant],
  ];
};

/* Every group's own and pooled line, as height and slope. The pooled one is the best linear
   unbiased prediction (Robinson 1991): with S = X'X and the covariances Psi and sigma² I known,
   b + Psi (S Psi + sigma² I)^-1 X'(y - X b), where b is by generalised least squares. */
function estimated(drawn, model, spread) {
  const covariance = model.covariance.map((row) => row.map((value) => spread ** 2 * value));
  const variance = model.residual ** 2;
  const scales = drawn.map(({ square }) =>
    inverse(plus(times(square, covariance), [[variance, 0], [0, variance]])),
  );
  let [left, right] = [[[0, 0], [0, 0]], [0, 0]];
  drawn.forEach(({ square, product }, i) => {
    left = plus(left, times(scales[i], square));
    right = onto(scales[i], product).map((value, j) => right[j] + value);
  });
  const average = onto(inverse(left), right);
  return drawn.map(({ square, product }, i) => {
    const fitted = onto(square, average);
    const rest = product.map((value, j) => value - fitted[j]);
    const effect = onto(times(covariance, scales[i]), rest);
    return {
      own: onto(inverse(square), product),
      pooled: average.map((value, j) => value + effect[j]),
    };
  });
}

/* The mean squared distance of two lines over the predictors of the study, whose mean is 0 here. */
function squaredDistance(one, other, model) {
  return (one[0] - other[0]) ** 2 + model.variance * (one[1] - other[1]) ** 2;
}

/* How many pooled lines are nearer than the own ones, and both mean squared distances. */
function manyDraws(seed, model, wanted) {
  const uniform = uniforms(seed);
  const found = { nearer: 0, groups: DRAWS * wanted.groups, own: 0, pooled: 0 };
  for (let i = 0; i < DRAWS; i += 1) {
    const drawn = simulatedSums(uniform, model, wanted);
    estimated(drawn, model, wanted.spread).forEach((line, j) => {
      const own = squaredDistance(line.own, drawn[j].truth, model);
      const pooled = squaredDistance(line.pooled, drawn[j].truth, model);
      found.nearer += Number(pooled < own);
      found.own += own / found.groups;
      found.pooled += pooled / found.groups;
    });
  }
  return found;
}
