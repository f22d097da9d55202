# Make formulas.json and data/formulas.csv: lme4 fits of formulas that the roles of a study do not say.
# Usage: Rscript make_formula_references.R

suppressPackageStartupMessages({
  library(lme4)
  library(jsonlite)
})
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(31)

# ---- data: dyadic fractions, so that the decimals of the CSV are exact ----

dyadic <- function(x, bits = 8) round(x * 2^bits) / 2^bits
sizes <- rep(c(6, 9, 14, 20), 9)
g <- rep(seq_along(sizes), sizes)
n <- length(g)
d <- data.frame(
  g = g, x = dyadic(2 + rnorm(n) + 0.6 * rnorm(length(sizes))[g]), z = dyadic(rnorm(n)), u = dyadic(rnorm(n)),
  w = dyadic(rnorm(length(sizes), 3, 1.5), 2)[g], diet = sample(c("fish", "meat", "none"), n, TRUE), dose = sample(1:3, n, TRUE))
b <- matrix(rnorm(3 * length(sizes)), ncol = 3) %*% t(matrix(c(0.8, -0.1, 0.15, 0, 0.4, 0.1, 0, 0, 0.3), 3))
effect <- c(fish = 0, meat = 0.6, none = -0.3)
d$y <- dyadic(1 + 0.4 * d$x - 0.05 * d$x^2 - 0.3 * d$z + 0.2 * d$w - 0.1 * d$x * d$w + effect[d$diet] + c(0, 0.5, 0.1)[d$dose] +
              b[g, 1] + b[g, 2] * d$x + b[g, 3] * d$z + 0.8 * rnorm(n), 12)
d <- d[c("y", "g", "x", "z", "u", "w", "diet", "dose")]
text <- lapply(d, function(v) if (is.numeric(v)) sprintf("%.17g", v) else v)
writeLines(c(paste(names(d), collapse = ","), do.call(paste, c(unname(text), sep = ","))), file.path(here, "data", "formulas.csv"))
d <- read.csv(file.path(here, "data", "formulas.csv"), stringsAsFactors = TRUE)

# ---- models: what a study writes, and what lme4 is given where it says it in other words ----

xm <- ave(d$x, d$g)
d$xm <- xm
d$xw <- d$x - xm
d$xc <- d$x - mean(d$x)
d$xs <- as.vector(scale(d$x))
d$dosef <- factor(d$dose)
d$dietm <- relevel(d$diet, "meat")
models <- list(
  null = c("y ~ 1 + (1 | g)"),
  no_slope = c("y ~ w + diet + (1 | g)"),
  category = c("y ~ x + C(dose) + (1 | g)", "y ~ x + dosef + (1 | g)"),
  reference = c('y ~ x + C(diet, "meat") + (1 | g)', "y ~ x + dietm + (1 | g)"),
  interaction = c("y ~ x * w + diet + (1 + x | g)"),
  category_interaction = c("y ~ x * diet + (1 + x | g)"),
  categories = c("y ~ diet * C(dose) + (1 | g)", "y ~ diet * dosef + (1 | g)"),
  power = c("y ~ x + I(x**2) + z + (1 | g)", "y ~ x + I(x^2) + z + (1 | g)"),
  centred = c("y ~ center(x) * w + (1 + center(x) | g)", "y ~ xc * w + (1 + xc | g)"),
  scaled = c("y ~ scale(x) + (1 + scale(x) | g)", "y ~ xs + (1 + xs | g)"),
  within = c("y ~ within(x) + group_mean(x) + (1 + within(x) | g)", "y ~ xw + xm + (1 + xw | g)"),
  uncorrelated = c("y ~ x + w + (1 + x || g)"),
  uncorrelated_three = c("y ~ x + z + (1 + x + z || g)"),
  uncorrelated_zero = c("y ~ x + u + (1 + x + u || g)"),
  two_slopes = c("y ~ x + z + (1 + x + z | g)"),
  no_intercept = c("y ~ x + (0 + x | g)"),
  no_intercept_two = c("y ~ x + z + (0 + x + z | g)"),
  no_intercept_uncorrelated = c("y ~ x + z + (0 + x + z || g)"),
  slope_alone = c("y ~ z + w + (1 + x | g)"),
  slope_and_its_parts = c("y ~ within(x) + group_mean(x) + (1 + x | g)", "y ~ xw + xm + (1 + x | g)"),
  category_slope = c("y ~ x + diet + (1 + diet | g)")
)

# ---- the optimum ----

gradient_of <- function(f, par, h = 2e-3) { # central differences, errors in h^2 and h^4 eliminated
  along <- function(j, h) (f(replace(par, j, par[j] + h)) - f(replace(par, j, par[j] - h))) / (2 * h)
  vapply(seq_along(par), function(j) (64 * along(j, h) - 20 * along(j, 2 * h) + along(j, 4 * h)) / 45, 0)
}

hessian_of <- function(f, par, h = 1e-3) {
  columns <- matrix(vapply(seq_along(par), function(j) {
    (gradient_of(f, replace(par, j, par[j] + h)) - gradient_of(f, replace(par, j, par[j] - h))) / (2 * h)
  }, numeric(length(par))), length(par))
  (columns + t(columns)) / 2
}

minimise <- function(f, lower, where) {
  starts <- list(as.numeric(lower == 0), 0.3 * (lower == 0), ifelse(lower == 0, 0.5, 0.2), ifelse(lower == 0, 0.5, -0.2))
  starts <- c(starts, replicate(40, ifelse(lower == 0, runif(length(lower)), rnorm(length(lower), 0, 0.4)), simplify = FALSE)) # several optima
  found <- lapply(starts, nlminb, objective = f, lower = lower, control = list(rel.tol = 1e-15, x.tol = 1e-12, eval.max = 5000, iter.max = 2000))
  best <- found[[which.min(vapply(found, `[[`, 0, "objective"))]]$par
  best[lower == 0 & best < 1e-5] <- 0
  free <- which(!(lower == 0 & best == 0))
  inside <- function(par) f(replace(best, free, par))
  for (step in 1:5) {
    proposal <- best[free] - solve(hessian_of(inside, best[free]), gradient_of(inside, best[free]))
    if (inside(proposal) > f(best) + 1e-10) break
    best[free] <- proposal
  }
  message(sprintf("%s: gradient %.1g", where, max(abs(gradient_of(inside, best[free])))))
  best
}

describe <- function(formula, reml, where) {
  parts <- lFormula(as.formula(formula), d, REML = reml)
  criterion <- do.call(mkLmerDevfun, parts[c("fr", "X", "reTrms", "REML")])
  theta <- minimise(criterion, parts$reTrms$lower, where)
  fit <- mkMerMod(environment(criterion), list(par = theta, fval = criterion(theta), conv = 0, feval = 0), parts$reTrms, parts$fr)
  blocks <- lapply(VarCorr(fit), function(block) matrix(block, nrow(block)))
  covariance <- matrix(0, sum(vapply(blocks, nrow, 0L)), sum(vapply(blocks, nrow, 0L)))
  at <- 0
  for (block in blocks) {
    here <- at + seq_len(nrow(block))
    covariance[here, here] <- block
    at <- max(here)
  }
  effects <- ranef(fit, condVar = FALSE)[[1]]
  list(fixef = as.list(fixef(fit)), se = as.list(setNames(sqrt(diag(as.matrix(vcov(fit)))), names(fixef(fit)))),
       random_names = I(unlist(lapply(VarCorr(fit), rownames), use.names = FALSE)), covariance = covariance, var_residual = sigma(fit)^2,
       criterion = -2 * as.numeric(logLik(fit)), npar = attr(logLik(fit), "df"), AIC = AIC(fit), BIC = BIC(fit),
       ranef = unname(as.matrix(effects)))
}

described <- lapply(setNames(names(models), names(models)), function(name) {
  formula <- models[[name]]
  given <- formula[length(formula)]
  list(formula = formula[1], lme4 = given, REML = describe(given, TRUE, paste(name, "REML")), ML = describe(given, FALSE, paste(name, "ML")))
})
meta <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")), data = "data/formulas.csv", outcome = "y", group = "g")
writeLines(toJSON(list(meta = meta, models = described), auto_unbox = TRUE, digits = NA, na = "null", pretty = FALSE), file.path(here, "formulas.json"))
