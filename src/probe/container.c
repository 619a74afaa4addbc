/* SPDX-License-Identifier: MIT */
/* Is this a container, and of what kind? By the marks that container engines leave: Docker's
 * /.dockerenv, Podman's /run/.containerenv, Apptainer's /.singularity.d, the variable `container`
 * (https://systemd.io/CONTAINER_INTERFACE), the control group of the first process. */
#include <string.h>

#include "probe/sources.h"

static bool is(gm_probe *probe, const char *kind, const char *source)
{
    probe->machine->container = kind;
    probe->machine->container_source = source;
    return true;
}

static bool by_file(gm_probe *probe)
{
    static const struct {
        const char *path, *kind;
    } marks[] = {{"/.dockerenv", "docker"},
                 {"/run/.containerenv", "podman"},
                 {"/.singularity.d", "apptainer"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (gm_probe_exists(probe, marks[i].path))
            return is(probe, marks[i].kind, marks[i].path);
    return false;
}

/* "…/docker/…", "…/kubepods/…": parts of a control group's path. */
static bool by_group(gm_probe *probe)
{
    static const char *const words[][2] = {{"/docker", "docker"},
                                           {"kubepods", "kubernetes"},
                                           {"/lxc", "lxc"},
                                           {"libpod", "podman"},
                                           {"containerd", "container"}};
    const char *text = gm_probe_file(probe, "/proc/1/cgroup");
    for (size_t i = 0; text && i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i][0]))
            return is(probe, words[i][1], "/proc/1/cgroup");
    return false;
}

static bool by_variable(gm_probe *probe)
{
    static const char *const kinds[] = {"docker", "podman", "lxc", "systemd-nspawn"};
    const char *value = gm_key_text(probe->keys, "env:container", probe->arena);
    if (!value || !*value)
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(value, kinds[i]))
            return is(probe, kinds[i], "env:container");
    return is(probe, "container", "env:container");
}

bool gm_probe_container(gm_probe *probe)
{
    if (probe->machine->os == GM_OS_LINUX && !by_file(probe) && !by_variable(probe))
        by_group(probe);
    return true;
}
