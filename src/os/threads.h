/* SPDX-License-Identifier: MIT */
/* A second thread, and the one way two threads speak with each other. */
#ifndef GM_OS_THREADS_H
#define GM_OS_THREADS_H

/* How many processors this program may use at the same time; at least 1. */
unsigned gm_os_processors(void);

typedef struct gm_os_thread gm_os_thread;

/* Runs `run(user)` in a thread; NULL when the system gives none. */
gm_os_thread *gm_os_thread_start(void (*run)(void *user), void *user);

/* Waits until it has ended, and forgets it. NULL is allowed. */
void gm_os_thread_join(gm_os_thread *thread);

/* A lock with a bell: whoever holds the lock may sleep until another one rings. */
typedef struct gm_os_monitor gm_os_monitor;

gm_os_monitor *gm_os_monitor_new(void); /* NULL without memory */
void gm_os_monitor_free(gm_os_monitor *monitor);
void gm_os_monitor_enter(gm_os_monitor *monitor);
void gm_os_monitor_leave(gm_os_monitor *monitor);

/* Gives the lock up until the bell rings, for `milliseconds` at most, or for no reason. */
void gm_os_monitor_wait(gm_os_monitor *monitor, unsigned milliseconds);
void gm_os_monitor_ring(gm_os_monitor *monitor);

#endif
