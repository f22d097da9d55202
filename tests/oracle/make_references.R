# Make references.json and data/*.csv: lme4 fits that tests of the estimator compare with.
# Usage: Rscript make_references.R POPULAR2.SAV   (or the path in the environment variable POPULAR2)

suppressPackageStartupMessages({
  library(lme4)
  library(jsonlite)
})
stopifnot(all(vapply(c("minqa", "foreign"), requireNamespace, NA, quietly = TRUE)))

here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))))
popular2_path <- c(commandArgs(trailingOnly = TRUE), Sys.getenv("POPULAR2"))[1]
if (is.na(popular2_path) || !file.exists(popular2_path)) stop("give the path of popular2.sav as argument or in POPULAR2")
invisible(Sys.setlocale("LC_COLLATE", "C"))
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

SINGULAR_TOLERANCE <- 1e-4 # lme4's default, on theta
TIE <- 1e-9 # a boundary fit this close to the interior one is the optimum
AGREEMENT <- 1e-9 # larger differences between two implementations of the criterion are reported

# ---- data: dyadic fractions, so that the decimals of the CSV are exact ----

dyadic <- function(x, bits = 8) round(x * 2^bits) / 2^bits

predictors <- function(sizes) {
  g <- rep(seq_along(sizes), sizes)
  data.frame(g = g, x = dyadic(rnorm(length(g)) + 0.5 * rnorm(length(sizes))[g]), sex = rbinom(length(g), 1, 0.5),
             w = dyadic(rnorm(length(sizes), 10, 4), 2)[g])
}

# `lambda` is the factor of the covariance of (intercept, slopes), one row each
simulate_outcome <- function(d, lambda, slopes = "x", fixed = c(x = 0.5, sex = 1, w = 0.1), sigma = 0.7) {
  n_groups <- length(unique(d$g))
  b <- matrix(rnorm(n_groups * ncol(lambda)), n_groups) %*% t(lambda)
  z <- cbind(1, as.matrix(d[slopes]))
  eta <- 2 + as.matrix(d[names(fixed)]) %*% fixed + rowSums(z * b[match(d$g, unique(d$g)), , drop = FALSE])
  dyadic(as.vector(eta) + sigma * rnorm(nrow(d)), 12)
}

two <- function(a, b, c) matrix(c(a, b, 0, c), 2)

sample_case <- function(seed, sizes, lambda, ...) {
  set.seed(seed)
  d <- predictors(sizes)
  cbind(y = simulate_outcome(d, lambda, ...), d)
}

# Every group has the same symmetric x and noise orthogonal to (1, x): the criterion is then even in the covariance of intercept and slope,
# and a variance with no spread between groups is exactly 0 at the optimum. From random data one only gets a correlation of 1 or -1.
symmetric_case <- function(seed, sd_intercept, sd_slope, n_groups = 15) {
  set.seed(seed)
  x <- rep(c(-1.5, -0.5, 0.5, 1.5), 2)
  contrasts <- cbind(rep(c(1, -1, -1, 1), 2), rep(c(-1, 3, -3, 1), 2), rep(c(1, -1), each = 4) * c(1, 1, -1, -1), rep(c(1, -1), each = 4) * c(1, -1, 1, -1))
  noise <- contrasts %*% matrix(dyadic(rnorm(4 * n_groups, 0, 0.125)), 4)
  intercepts <- 2 + dyadic(rnorm(n_groups, 0, sd_intercept))
  slopes <- 0.5 + dyadic(rnorm(n_groups, 0, sd_slope))
  data.frame(y = as.vector(noise + outer(x, slopes) + rep(intercepts, each = 8)), g = rep(seq_len(n_groups), each = 8), x = rep(x, n_groups))
}

unbalanced <- function() {
  sizes <- c(1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 13, 16, 21, 27, 34, 42, 50, 55, 60)
  d <- sample_case(11, sizes, two(0.8, -0.1, 0.25))
  d$x[d$g == 12] <- 0.25 # no spread of x in this group
  d
}

missing_values <- function() {
  d <- sample_case(12, rep(c(6, 9, 12, 15), 5), two(0.7, 0.05, 0.3))
  d$y[sample(nrow(d), 12)] <- NA
  d$x[c(sample(nrow(d), 15), which(d$g == 7))] <- NA # group 7 is gone wherever x is in the model
  d$w[d$g == 3] <- NA # and group 3 wherever w is
  d
}

text_groups <- function() {
  d <- sample_case(13, rep(7:12, 4), two(0.6, 0.1, 0.2))
  labels <- c(outer(c("north", "10", "9", "B", "a", "0"), c("", " b", "-1", "_z"), paste0))
  d$g <- labels[d$g]
  d[sample(nrow(d)), ]
}

bad_scales <- function() {
  d <- sample_case(14, rep(c(8, 12, 16), 8), two(0.6, 0.1, 0.3))
  small <- round(rnorm(nrow(d)), 2)
  data.frame(y = dyadic(d$y + 0.4 * small + rnorm(24, 0, 0.3)[d$g] * small, 12), g = d$g, sex = d$sex, x_large = 1000 + d$x, x_small = small * 1e-4)
}

near_collinear <- function() {
  d <- sample_case(15, rep(c(8, 12), 10), two(0.6, 0.1, 0.3))
  cbind(d, x_twin = d$x + dyadic(rnorm(nrow(d), 0, 1 / 256), 14))
}

large_outcome <- function() {
  d <- sample_case(16, rep(c(10, 15), 8), two(0.6, -0.1, 0.3))
  d$y <- d$y + 1e6
  d
}

three_columns <- function(seed, lambda, sigma) {
  set.seed(seed)
  d <- predictors(rep(c(10, 14, 18), 10))
  names(d)[names(d) == "x"] <- "x1"
  d$x2 <- dyadic(rnorm(nrow(d)))
  cbind(y = simulate_outcome(d, lambda, c("x1", "x2"), c(x1 = 0.5, x2 = -0.3, sex = 1, w = 0.1), sigma), d)
}

no_spread_between_groups <- function() {
  d <- sample_case(6, rep(c(8, 11), 8), two(0, 0, 0))
  x <- d$x - ave(d$x, d$g)
  e <- rnorm(nrow(d))
  e <- e - ave(e, d$g)
  e <- e - x * ave(e * x, d$g) / ave(x^2, d$g)
  d$y <- dyadic(2 + 0.5 * d$x + d$sex + 0.1 * d$w + e, 12)
  d
}

# ---- models ----

model <- function(fixed = character(), random = character()) list(fixed = fixed, random = random)
ladder <- list(null = model(), m1 = model(c("x", "sex")), m2 = model(c("x", "sex"), "x"), m3 = model(c("x", "sex", "w"), "x"))
bare <- list(null = model(), m1 = model("x"), m2 = model("x", "x"))

case <- function(how, data, models = ladder, anova = intersect(c("m1", "m2", "m3"), names(models))) {
  list(how = how, data = data, models = models, anova = anova)
}

# Seeds of the singular cases were picked so that the optimum, and not only the truth, is on the boundary.
three <- list(m1 = model(c("x1", "x2", "sex")), m2 = model(c("x1", "x2", "sex"), c("x1", "x2")), m3 = model(c("x1", "x2", "sex", "w"), c("x1", "x2")))
cases <- list(
  correlation_plus_one = case("random data, slope spread a multiple of intercept spread: correlation 1", sample_case(7, rep(c(6, 8, 10), 6), two(0.5, 0.3, 0))),
  correlation_minus_one = case("the same with the opposite sign: correlation -1", sample_case(10, rep(c(6, 8, 10), 6), two(0.5, -0.3, 0))),
  intercept_variance_zero = case("symmetric design, equal group means", symmetric_case(3, 0, 0.5), bare),
  slope_variance_zero = case("symmetric design, equal group slopes", symmetric_case(4, 0.5, 0), bare),
  both_variances_zero = case("symmetric design, equal group means and slopes", symmetric_case(5, 0, 0), bare),
  no_spread_between_groups = case("noise without group means and slopes, further covariates", no_spread_between_groups()),
  unbalanced = case("groups of 1 to 60 rows; x is constant in group 12", unbalanced()),
  missing_values = case("missing y and x; x missing in the whole of group 7, w in group 3; each model drops its own rows", missing_values(), anova = c("m1", "m2")),
  text_groups = case("group labels are text, rows in random order", text_groups()),
  bare = case("no further covariates, no group covariates", sample_case(17, rep(c(5, 9), 9), two(0.6, 0.1, 0.3), fixed = c(x = 0.5))[c("y", "g", "x")], bare),
  bad_scales = case("x_large has mean 1000 and SD 1, x_small SD 1e-4", bad_scales(),
                    list(m1 = model(c("x_large", "sex", "x_small")), m2 = model(c("x_large", "sex", "x_small"), "x_large"),
                         m2_small = model(c("x_small", "sex", "x_large"), "x_small")), c("m1", "m2")),
  near_collinear = case("x and x_twin correlate to about 1 - 1e-5", near_collinear(),
                        list(m1 = model(c("x", "x_twin")), m2 = model(c("x", "x_twin"), "x"), m3 = model(c("x", "x_twin", "w"), "x"))),
  large_outcome = case("1e6 added to the outcome", large_outcome()),
  few_groups = case("4 groups", sample_case(18, c(12, 15, 18, 21), two(0.8, 0.1, 0.4))),
  many_groups = case("300 groups of 2 to 6", sample_case(19, rep(2:6, 60), two(0.6, -0.05, 0.3)), ladder[c("m1", "m2", "m3")]),
  three_columns = case("random intercept and two random slopes", three_columns(20, matrix(c(0.7, 0.1, -0.1, 0, 0.4, 0.15, 0, 0, 0.3), 3), 0.7), three),
  three_columns_rank_two = case("the same, covariance of rank 2", three_columns(18, matrix(c(0.7, 0.3, -0.2, 0, 0.4, 0.3), 3), 0.7), three),
  three_columns_rank_one = case("the same, covariance of rank 1 in m3 and 2 in m2", three_columns(26, matrix(c(0.5, 0.3, -0.2), 3), 0.9), three)
)

# ---- the optimum ----

formula_of <- function(spec, outcome, group) {
  sprintf("%s ~ %s + (%s | %s)", outcome, paste(c("1", spec$fixed), collapse = " + "), paste(c("1", spec$random), collapse = " + "), group)
}

lme4_criterion <- function(parts) do.call(mkLmerDevfun, parts[c("fr", "X", "reTrms", "REML")])

# The same criterion by another way: dense blocks of V, one per group, nothing from lme4
plain_criterion <- function(parts, reml) {
  y <- model.response(parts$fr)
  x <- parts$X
  z <- model.matrix(reformulate(c("1", setdiff(parts$reTrms$cnms[[1]], "(Intercept)"))), parts$fr)
  rows <- split(seq_along(y), parts$reTrms$flist[[1]])
  n <- length(y)
  p <- ncol(x)
  function(theta) {
    lambda <- lower_triangle(theta)
    whitened <- lapply(rows, function(i) {
      zl <- z[i, , drop = FALSE] %*% lambda
      r <- chol(diag(length(i)) + tcrossprod(zl))
      list(xy = backsolve(r, cbind(x[i, , drop = FALSE], y[i]), transpose = TRUE), logdet = 2 * sum(log(diag(r))))
    })
    r <- qr.R(qr(do.call(rbind, lapply(whitened, `[[`, "xy"))))
    rss <- r[p + 1, p + 1]^2
    df <- if (reml) n - p else n
    logdet <- sum(vapply(whitened, `[[`, 0, "logdet")) + if (reml) 2 * sum(log(abs(diag(r)[seq_len(p)]))) else 0
    logdet + df * (1 + log(2 * pi * rss / df))
  }
}

lower_triangle <- function(theta) {
  q <- (sqrt(8 * length(theta) + 1) - 1) / 2
  lambda <- matrix(0, q, q)
  lambda[lower.tri(lambda, diag = TRUE)] <- theta
  lambda
}

theta_of <- function(factor) { # the lower-triangular factor with a diagonal >= 0 that gives the same covariance
  r <- qr.R(qr(t(factor), tol = 0))
  lambda <- t(r)
  lambda <- sweep(lambda, 2, ifelse(diag(lambda) < 0, -1, 1), "*")
  lambda[abs(lambda) < 1e-13 * sqrt(rowSums(lambda^2))] <- 0 # rounding of the transformation
  lambda[lower.tri(lambda, diag = TRUE)]
}

gradient_of <- function(f, par, h = 2e-3) { # central differences, errors in h^2 and h^4 eliminated
  along <- function(j, h) (f(replace(par, j, par[j] + h)) - f(replace(par, j, par[j] - h))) / (2 * h)
  vapply(seq_along(par), function(j) (64 * along(j, h) - 20 * along(j, 2 * h) + along(j, 4 * h)) / 45, 0)
}

hessian_of <- function(f, par, h = 1e-3) {
  h_columns <- vapply(seq_along(par), function(j) {
    (gradient_of(f, replace(par, j, par[j] + h)) - gradient_of(f, replace(par, j, par[j] - h))) / (2 * h)
  }, numeric(length(par)))
  h_columns <- matrix(h_columns, length(par))
  (h_columns + t(h_columns)) / 2
}

newton_polish <- function(criterion, par) { # a search by values alone leaves theta with half of the digits
  gradient <- gradient_of(criterion, par)
  for (step in 1:5) {
    proposal <- tryCatch(par - solve(hessian_of(criterion, par), gradient), error = function(e) par)
    new_gradient <- gradient_of(criterion, proposal)
    if (criterion(proposal) > criterion(par) + TIE / 10 || max(abs(new_gradient)) >= max(abs(gradient))) break
    par <- proposal
    gradient <- new_gradient
  }
  list(par = par, gradient = max(abs(gradient)))
}

# Whole columns of the factor fixed at 0 are the boundary; the rest is searched from several starts by three optimisers.
minimise_on_face <- function(criterion, q, free_columns) {
  column <- matrix(rep(seq_len(q), each = q), q)
  lower <- lower.tri(diag(q), diag = TRUE)
  free <- column[lower] %in% free_columns
  on_diagonal <- (diag(q) == 1)[lower][free]
  expand <- function(par) replace(numeric(length(free)), free, par)
  f <- function(par) criterion(expand(par))
  if (!any(free)) return(list(theta = expand(numeric()), criterion = f(numeric()), gradient = 0))
  bounds <- ifelse(on_diagonal, 0, -Inf)
  starts <- c(lapply(c(1, 0.3, 0.05), function(s) s * on_diagonal), list(ifelse(on_diagonal, 0.5, 0.3), ifelse(on_diagonal, 0.5, -0.3)))
  candidates <- unlist(recursive = FALSE, lapply(starts, function(start) list(
    if (length(start) > 1) minqa::bobyqa(start, f, bounds, control = list(rhobeg = 0.02, rhoend = 1e-10, maxfun = 20000))$par,
    nlminb(start, f, lower = bounds, control = list(rel.tol = 1e-15, x.tol = 1e-12, eval.max = 5000, iter.max = 2000))$par,
    Nelder_Mead(f, start, lower = bounds, upper = rep(Inf, length(start)), control = list(FtolAbs = 1e-13, FtolRel = 1e-16, XtolRel = 1e-12, maxfun = 20000))$par)))
  candidates <- Filter(Negate(is.null), candidates)
  best <- candidates[[which.min(vapply(candidates, f, 0))]]
  inside <- all(best[on_diagonal] > 1e-3) # Newton needs room for its differences; at the boundary another face has the answer
  polished <- if (inside) newton_polish(f, best) else list(par = best, gradient = NA)
  list(theta = expand(polished$par), criterion = f(polished$par), gradient = polished$gradient)
}

minimise <- function(criterion, q) {
  faces <- lapply(0:(2^q - 1), function(code) which(bitwAnd(code, 2^(seq_len(q) - 1)) > 0))
  fits <- lapply(faces, function(columns) c(minimise_on_face(criterion, q, columns), rank = length(columns)))
  criteria <- vapply(fits, `[[`, 0, "criterion")
  ties <- which(criteria <= min(criteria) + TIE)
  # Of equal ranks the last: (0, a, 0) and (0, 0, a) are one covariance, and only the second is smooth.
  best <- fits[[ties[order(lengths(faces[ties]), -ties)][1]]]
  best$theta[abs(best$theta) < 1e-11] <- 0 # rounding: far below what the gradient can tell from 0
  best
}

# Centred outcome, centred and scaled predictors give the same likelihood (REML: up to a constant) and a well-conditioned search
standardised <- function(d, outcome, columns) {
  center <- vapply(columns, function(k) mean(d[[k]]), 0)
  scale <- vapply(columns, function(k) sd(d[[k]]), 0)
  for (k in columns) d[[k]] <- (d[[k]] - center[[k]]) / scale[[k]]
  d[[outcome]] <- d[[outcome]] - mean(d[[outcome]])
  list(data = d, center = center, scale = scale)
}

checks <- list(criterion = 0, optimum = 0, raw = 0, gradient = 0)
note_check <- function(name, value, where) { # a gradient of 1e-6 moves no criterion by 1e-9
  if (!is.finite(value) || value > AGREEMENT * if (name == "gradient") 1e3 else 1) message(sprintf("%s: %s check %.3g", where, name, value))
  checks[[name]] <<- max(checks[[name]], value)
}

fit_model <- function(d, spec, outcome, group, reml, where) {
  formula <- as.formula(formula_of(spec, outcome, group))
  used <- na.omit(d[unique(c(outcome, group, spec$fixed, spec$random))])
  std <- standardised(used, outcome, unique(c(spec$fixed, spec$random)))
  q <- 1 + length(spec$random)
  parts <- lFormula(formula, std$data, REML = reml)
  criterion <- lme4_criterion(parts)
  found <- minimise(criterion, q)

  plain <- plain_criterion(parts, reml)
  lower <- ifelse(diag(q)[lower.tri(diag(q), diag = TRUE)] == 1, 0, -Inf)
  again <- nlminb(found$theta + 0.05, plain, lower = lower, control = list(rel.tol = 1e-15, x.tol = 1e-12, eval.max = 5000, iter.max = 2000))
  note_check("criterion", abs(plain(found$theta) - found$criterion), where)
  note_check("optimum", found$criterion - again$objective, where)
  if (!is.na(found$gradient)) note_check("gradient", found$gradient, where) else message(where, ": no gradient")

  to_raw <- diag(q)
  if (q > 1) {
    slopes <- spec$random
    to_raw[1, -1] <- -std$center[slopes] / std$scale[slopes]
    diag(to_raw)[-1] <- 1 / std$scale[slopes]
  }
  theta <- theta_of(to_raw %*% lower_triangle(found$theta))
  raw_parts <- lFormula(formula, used, REML = reml, control = lmerControl(check.scaleX = "ignore"))
  raw_criterion <- lme4_criterion(raw_parts)
  value <- raw_criterion(theta)
  note_check("raw", abs(value - found$criterion - if (reml) 2 * sum(log(std$scale)) else 0), where)
  fit <- mkMerMod(environment(raw_criterion), list(par = theta, fval = value, conv = 0, feval = 0), raw_parts$reTrms, raw_parts$fr)
  list(fit = fit, rank = found$rank)
}

# ---- what is stored ----

unnamed <- function(x) unname(as.matrix(x))
by_name <- function(x) as.list(x)

describe <- function(result) {
  fit <- result$fit
  covariance <- VarCorr(fit)[[1]]
  effects <- ranef(fit, condVar = TRUE)[[1]]
  post <- attr(effects, "postVar")
  vcov <- as.matrix(vcov(fit))
  list(
    fixef = by_name(fixef(fit)), se = by_name(setNames(sqrt(diag(vcov)), names(fixef(fit)))), vcov = unnamed(vcov),
    theta = I(unname(getME(fit, "theta"))), varcorr = list(names = I(rownames(covariance)), covariance = unnamed(covariance)),
    sigma = sigma(fit), var_residual = sigma(fit)^2, criterion = -2 * as.numeric(logLik(fit)), logLik = as.numeric(logLik(fit)),
    AIC = AIC(fit), BIC = BIC(fit), npar = attr(logLik(fit), "df"), n_observations = nobs(fit), n_groups = unname(ngrps(fit)),
    singular = isSingular(fit, tol = SINGULAR_TOLERANCE), rank = result$rank,
    ranef = list(group = I(rownames(effects)), names = I(colnames(effects)), blup = lapply(effects, I),
                 conditional_variance = lapply(seq_len(dim(post)[3]), function(j) unnamed(post[, , j])))
  )
}

anova_table <- function(described) {
  pick <- function(key) vapply(described, function(m) as.numeric(m$ML[[key]]), 0, USE.NAMES = FALSE)
  chisq <- c(NA, pmax(0, -diff(pick("criterion"))))
  df <- c(NA, diff(pick("npar")))
  list(model = names(described), npar = pick("npar"), AIC = pick("AIC"), BIC = pick("BIC"), logLik = pick("logLik"), deviance = pick("criterion"),
       Chisq = chisq, Df = df, p = pchisq(chisq, df, lower.tail = FALSE))
}

describe_case <- function(name, how, d, models, anova, outcome, group, source) {
  message(name)
  described <- lapply(setNames(names(models), names(models)), function(m) {
    spec <- models[[m]]
    methods <- lapply(c(REML = TRUE, ML = FALSE), function(reml) {
      describe(fit_model(d, spec, outcome, group, reml, sprintf("%s %s %s", name, m, if (reml) "REML" else "ML")))
    })
    c(list(formula = formula_of(spec, outcome, group), fixed = I(spec$fixed), random = I(spec$random)), methods)
  })
  c(list(how = how), source, list(outcome = outcome, group = group, rows = nrow(d), models = described,
    anova = if (length(anova) > 1) anova_table(described[anova])))
}

write_case_data <- function(d, path) {
  text <- lapply(d, function(v) if (is.numeric(v)) ifelse(is.na(v), "", sprintf("%.17g", v)) else v)
  writeLines(c(paste(names(d), collapse = ","), do.call(paste, c(unname(text), sep = ","))), path)
}

simulated <- lapply(setNames(names(cases), names(cases)), function(name) {
  k <- cases[[name]]
  file <- file.path("data", paste0(name, ".csv"))
  write_case_data(k$data, file.path(here, file))
  describe_case(name, k$how, read.csv(file.path(here, file)), k$models, k$anova, "y", "g", list(data = file))
})

popular2 <- suppressWarnings(foreign::read.spss(popular2_path, to.data.frame = TRUE, use.value.labels = FALSE))
stopifnot(nrow(popular2) == 2000, length(unique(popular2$class)) == 100)
school_ladder <- list(null = model(), m1 = model(c("extrav", "sex")), m2 = model(c("extrav", "sex"), "extrav"), m3 = model(c("extrav", "sex", "texp"), "extrav"))
draws <- lapply(c(popular2_draw_1 = 101, popular2_draw_2 = 202), function(seed) {
  set.seed(seed)
  sort(sample(100, 15))
})
drawn <- lapply(setNames(names(draws), names(draws)), function(name) {
  describe_case(name, "popular2, 15 classes drawn at random", popular2[popular2$class %in% draws[[name]], ], school_ladder, c("m1", "m2", "m3"),
                "popular", "class", list(data = "popular2", groups = draws[[name]]))
})

meta <- list(
  R = R.version.string, lme4 = as.character(packageVersion("lme4")), Matrix = as.character(packageVersion("Matrix")),
  singular_tolerance = SINGULAR_TOLERANCE,
  checks = list(
    criterion = signif(checks$criterion, 2), criterion_means = "largest difference between lme4's criterion and a dense one at the optimum",
    optimum = signif(checks$optimum, 2), optimum_means = "largest amount by which a second optimiser on the dense criterion went lower",
    raw = signif(checks$raw, 2), raw_means = "largest difference between the criterion on raw and on standardised predictors",
    gradient = signif(checks$gradient, 2), gradient_means = "largest derivative by a free element of theta, predictors standardised"),
  null_means = "NA: the first line of an anova table"
)
json <- toJSON(list(meta = meta, datasets = c(simulated, drawn)), auto_unbox = TRUE, digits = NA, na = "null", null = "null")
writeLines(json, file.path(here, "references.json"))
print(unlist(checks))
