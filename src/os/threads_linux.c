/* SPDX-License-Identifier: MIT */
#include "os/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

struct gm_os_thread {
    pthread_t id;
    void (*run)(void *user);
    void *user;
};

struct gm_os_monitor {
    pthread_mutex_t lock;
    pthread_cond_t bell;
};

unsigned gm_os_processors(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    /* Fails where there are more than the set can hold. */
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 2;
}

static void *begin(void *thread)
{
    const gm_os_thread *begun = thread;
    begun->run(begun->user);
    return NULL;
}

gm_os_thread *gm_os_thread_start(void (*run)(void *user), void *user)
{
    gm_os_thread *thread = malloc(sizeof *thread);
    if (!thread)
        return NULL;
    thread->run = run;
    thread->user = user;
    if (pthread_create(&thread->id, NULL, begin, thread) != 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

void gm_os_thread_join(gm_os_thread *thread)
{
    if (thread)
        pthread_join(thread->id, NULL);
    free(thread);
}

gm_os_monitor *gm_os_monitor_new(void)
{
    gm_os_monitor *monitor = malloc(sizeof *monitor);
    if (!monitor)
        return NULL;
    pthread_mutex_init(&monitor->lock, NULL);
    pthread_cond_init(&monitor->bell, NULL);
    return monitor;
}

void gm_os_monitor_free(gm_os_monitor *monitor)
{
    if (!monitor)
        return;
    pthread_cond_destroy(&monitor->bell);
    pthread_mutex_destroy(&monitor->lock);
    free(monitor);
}

void gm_os_monitor_enter(gm_os_monitor *monitor)
{
    pthread_mutex_lock(&monitor->lock);
}

void gm_os_monitor_leave(gm_os_monitor *monitor)
{
    pthread_mutex_unlock(&monitor->lock);
}

void gm_os_monitor_wait(gm_os_monitor *monitor, unsigned milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&monitor->bell, &monitor->lock, &until);
}

void gm_os_monitor_ring(gm_os_monitor *monitor)
{
    pthread_cond_broadcast(&monitor->bell);
}
