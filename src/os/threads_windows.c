/* SPDX-License-Identifier: MIT */
#include "os/threads.h"

#include <stdlib.h>

#include "os/windows.h"

struct gm_os_thread {
    HANDLE handle;
    void (*run)(void *user);
    void *user;
};

struct gm_os_monitor {
    SRWLOCK lock;
    CONDITION_VARIABLE bell;
};

unsigned gm_os_processors(void)
{
    DWORD_PTR ours = 0, all;
    unsigned count = 0;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &ours, &all))
        return 1;
    for (; ours; ours &= ours - 1)
        count++;
    return count ? count : 2; /* 0: it runs in several groups of processors */
}

static DWORD WINAPI begin(void *thread)
{
    const gm_os_thread *begun = thread;
    begun->run(begun->user);
    return 0;
}

gm_os_thread *gm_os_thread_start(void (*run)(void *user), void *user)
{
    gm_os_thread *thread = malloc(sizeof *thread);
    if (!thread)
        return NULL;
    thread->run = run;
    thread->user = user;
    thread->handle = CreateThread(NULL, 0, begin, thread, 0, NULL);
    if (!thread->handle) {
        free(thread);
        return NULL;
    }
    return thread;
}

void gm_os_thread_join(gm_os_thread *thread)
{
    if (!thread)
        return;
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}

gm_os_monitor *gm_os_monitor_new(void)
{
    gm_os_monitor *monitor = malloc(sizeof *monitor);
    if (!monitor)
        return NULL;
    InitializeSRWLock(&monitor->lock);
    InitializeConditionVariable(&monitor->bell);
    return monitor;
}

void gm_os_monitor_free(gm_os_monitor *monitor)
{
    free(monitor);
}

void gm_os_monitor_enter(gm_os_monitor *monitor)
{
    AcquireSRWLockExclusive(&monitor->lock);
}

void gm_os_monitor_leave(gm_os_monitor *monitor)
{
    ReleaseSRWLockExclusive(&monitor->lock);
}

void gm_os_monitor_wait(gm_os_monitor *monitor, unsigned milliseconds)
{
    SleepConditionVariableSRW(&monitor->bell, &monitor->lock, milliseconds, 0);
}

void gm_os_monitor_ring(gm_os_monitor *monitor)
{
    WakeAllConditionVariable(&monitor->bell);
}
