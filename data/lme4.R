# Fit models with lme4 and print the estimates as JSON. data/lme4.py runs this on the rows and the
# columns that the report's own models use.
# Usage: Rscript lme4.R FOLDER   (with models.json and NAME.csv, one for each model)

suppressPackageStartupMessages({
  library(lme4)
  library(jsonlite)
})

folder <- commandArgs(trailingOnly = TRUE)[1]

# lme4's default stops early; this one is started anew where it stopped, until nothing is lower.
fitted <- function(formula, rows, reml) {
  tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhobeg = 0.02, rhoend = 1e-9, maxfun = 1e5))
  search <- function(start) suppressMessages(lmer(formula, rows, REML = reml, control = tight, start = start))
  fit <- search(NULL)
  for (i in 1:20) {
    again <- search(getME(fit, "theta"))
    gain <- as.numeric(logLik(again) - logLik(fit))
    if (gain > 0) fit <- again
    if (gain < 1e-12) break
  }
  fit
}

estimates <- function(fit, fixed) {
  components <- lapply(VarCorr(fit), function(block) matrix(block, nrow(block)))
  random <- as.matrix(Matrix::bdiag(components)) # `||` makes a block of each effect
  list(
    fixed_effects = as.list(setNames(unname(fixef(fit)), fixed)),
    standard_errors = as.list(setNames(sqrt(diag(as.matrix(vcov(fit)))), fixed)),
    random_covariance = unname(random),
    residual_variance = sigma(fit)^2,
    criterion = -2 * as.numeric(logLik(fit))
  )
}

models <- fromJSON(file.path(folder, "models.json"), simplifyVector = TRUE)
fits <- lapply(setNames(nm = names(models)), function(name) {
  model <- models[[name]]
  rows <- read.csv(file.path(folder, paste0(name, ".csv")), colClasses = c(g = "character"))
  formula <- as.formula(model$formula)
  list(
    REML = estimates(fitted(formula, rows, TRUE), unlist(model$fixed)),
    ML = estimates(fitted(formula, rows, FALSE), unlist(model$fixed))
  )
})
cat(toJSON(
  list(R = paste(R.version$major, R.version$minor, sep = "."), lme4 = as.character(packageVersion("lme4")), models = fits),
  digits = 15, auto_unbox = TRUE
))
