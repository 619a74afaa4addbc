/* SPDX-License-Identifier: MIT */
/* Runs a program again and again, as a parent so small that it adds nothing to the program's peak
 * memory (the system counts what a child had before it became another program).
 *
 *   bench_spawn ROUNDS PROGRAM [ARGUMENT]...   prints "WALL_MS PEAK_KIB EXIT_STATUS" for every
 * round; what the program prints is thrown away */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    posix_spawn_file_actions_t streams;
    if (argc < 3 || posix_spawn_file_actions_init(&streams) ||
        posix_spawn_file_actions_addopen(&streams, 0, "/dev/null", O_RDONLY, 0) ||
        posix_spawn_file_actions_addopen(&streams, 1, "/dev/null", O_WRONLY, 0))
        return 2;
    for (long rounds = strtol(argv[1], NULL, 10); rounds > 0; rounds--) {
        struct rusage usage;
        pid_t child;
        int status;
        double begin = now_ms();
        if (posix_spawnp(&child, argv[2], &streams, NULL, argv + 2, environ) ||
            wait4(child, &status, 0, &usage) != child)
            return 1;
        printf("%.3f %ld %d\n", now_ms() - begin, usage.ru_maxrss,
               WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    return 0;
}
