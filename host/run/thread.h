/* How many CPU threads to use: --jobs, else OMP_NUM_THREADS, SLURM_CPUS_PER_TASK, the affinity mask, the cgroup. */
#ifndef HOST_RUN_THREAD_H
#define HOST_RUN_THREAD_H
#ifdef __cplusplus
extern "C" {
#endif
int thread_count(void);
void thread_set_count(int n); /* 0 = automatic */
#ifdef __cplusplus
}
#endif
#endif
