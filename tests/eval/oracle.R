# What R says of the data sets that r_test.cpp made:  Rscript oracle.R DATA.csv SITES.csv OUT.csv
# Lines of OUT: set, key, value; NA where R has none.
suppressPackageStartupMessages({ library(pROC); library(psych); library(metafor) })
words <- commandArgs(trailingOnly = TRUE)
data <- read.csv(words[1])
sites <- read.csv(words[2])
out <- file(words[3], "w")
put <- function(set, key, value)
	writeLines(sprintf("%d,%s,%s", set, key, ifelse(is.finite(value), sprintf("%.17g", value), "NA")), out)
quiet <- function(x) suppressMessages(suppressWarnings(x))
try_put <- function(set, keys, f) {
	values <- tryCatch(quiet(f()), error = function(e) rep(NA, length(keys)))
	for (i in seq_along(keys)) put(set, keys[i], as.numeric(values[i]))
}
cat("set,key,value\n", file = out)
for (set in unique(data$set)) {
	d <- data[data$set == set, ]
	a <- b <- NULL
	try_put(set, c("auc", "variance", "partial"), function() {
		a <<- roc(d$ill, d$y, direction = ">", quiet = TRUE)
		b <<- roc(d$ill, d$z, direction = ">", quiet = TRUE)
		c(auc(a), var(a), auc(a, partial.auc = c(1, 0.9)))
	})
	try_put(set, c("covariance", "z", "p"), function() {
		t <- roc.test(a, b, method = "delong", paired = TRUE)
		c(cov(a, b), t$statistic, t$p.value)
	})
	try_put(set, c("r", "r_lo", "r_hi"), function() {
		t <- cor.test(d$x, d$y)
		c(t$estimate, t$conf.int)
	})
	try_put(set, "rho", function() cor(d$x, d$y, method = "spearman"))
	try_put(set, c(t(outer(c("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k"), c("", "_lo", "_hi"), paste0))), function() {
		t <- ICC(cbind(d$x, d$y), lmer = FALSE)$results
		c(t(as.matrix(t[, c("ICC", "lower bound", "upper bound")])))
	})
}
for (set in unique(sites$set)) {
	s <- sites[sites$set == set, ]
	tight <- list(threshold = 1e-12, maxiter = 10000)
	try_put(set, c("reml_b", "reml_se", "reml_tau2", "reml_i2"), function() {
		m <- rma(s$y, s$v, method = "REML", control = tight)
		c(m$beta, m$se, m$tau2, m$I2)
	})
	try_put(set, c("hk_se", "hk_lo", "hk_hi"), function() {
		m <- rma(s$y, s$v, method = "REML", test = "knha", control = tight)
		c(m$se, m$ci.lb, m$ci.ub)
	})
	try_put(set, c("dl_b", "dl_se", "dl_tau2", "q", "q_p"), function() {
		m <- rma(s$y, s$v, method = "DL")
		c(m$beta, m$se, m$tau2, m$QE, m$QEp)
	})
}
close(out)
