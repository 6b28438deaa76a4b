# The same figures by pROC:  Rscript peer.R FOLDER ROUNDS
suppressPackageStartupMessages(library(pROC))
words <- commandArgs(trailingOnly = TRUE)
folder <- words[1]
rounds <- as.integer(words[2])
rows <- 1e6
is_case <- as.integer(readBin(file.path(folder, "class.u8"), "raw", rows))
times <- function(f) sapply(seq_len(rounds), function(i) system.time(f()))
median_ms <- function(f) 1000 * median(times(f)["elapsed", ])
median_cpu_ms <- function(f) 1000 * median(colSums(times(f)[c("user.self", "sys.self"), , drop = FALSE]))
for (key in c("curve", "rating")) {
	score <- readBin(file.path(folder, paste0(key, ".f64")), "double", rows)
	result <- NULL
	ms <- median_cpu_ms(function() {
		r <- roc(is_case, score, direction = ">", levels = c(0, 1), quiet = TRUE)
		result <<- c(auc(r), var(r, method = "delong"))
	})
	cat(sprintf("%s_ms %.4g\n%s_auc %.17g\n%s_variance %.17g\n", key, ms, key, result[1], key, result[2]))
}
# pROC has no bootstrap by patient: 2000 stratified samples of rows, and the AUC alone.
d <- read.csv(file.path(folder, "cohort.csv"))
r <- roc(d$dxa_g_cm2 <= 0.637, d$abmd_g_cm2, direction = ">", quiet = TRUE)
ms <- median_ms(function() ci.auc(r, method = "bootstrap", boot.n = 2000, progress = "none"))
cat(sprintf("bootstrap_ms %.4g\n", ms))
