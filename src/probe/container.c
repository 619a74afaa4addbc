/* SPDX-License-Identifier: MIT */
/* Is this a container, and of what kind? By the marks that container engines leave: Docker's
 * /.dockerenv, Podman's /run/.containerenv, Apptainer's /.singularity.d, the variable `container`
 * (https://systemd.io/CONTAINER_INTERFACE), the control group of the first process, and
 * what is mounted as the root. And what its image asks of the driver. */
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

static bool by_group(gm_probe *probe)
{
    const char *word, *text = gm_probe_file(probe, "/proc/1/cgroup");
    const char *kind = text ? gm_container_find(text, &word) : NULL;
    return kind && is(probe, kind, "/proc/1/cgroup");
}

/* Any value says that it is one. */
static bool by_variable(gm_probe *probe)
{
    const char *word, *value = gm_key_text(probe->keys, "env:container", probe->arena);
    if (!value || !*value)
        return false;
    const char *kind = gm_container_find(value, &word);
    return is(probe, kind ? kind : "container", "env:container");
}

/* Every container of Kubernetes has this variable. */
static bool by_cluster(gm_probe *probe)
{
    static const char key[] = "env:KUBERNETES_SERVICE_HOST";
    return gm_key_text(probe->keys, key, probe->arena) && is(probe, "kubernetes", key);
}

/* Where a control group tells nothing any more (cgroup namespaces): the overlay that is mounted on
 * the root names the engine's folder. */
static bool by_root(gm_probe *probe)
{
    const char *word, *text = gm_probe_file(probe, "/proc/self/mountinfo");
    const char *options = text ? gm_mount_of_root(text) : NULL;
    size_t size = options ? strcspn(options, "\n") : 0;
    const char *line = size ? gm_arena_text_n(probe->arena, options, size) : NULL;
    const char *kind =
        line && !strncmp(line, "overlay ", 8) ? gm_container_find(line, &word) : NULL;
    return kind && is(probe, kind, "/proc/self/mountinfo");
}

bool gm_probe_container(gm_probe *probe)
{
    if (probe->machine->os == GM_OS_LINUX && !by_file(probe) && !by_variable(probe) &&
        !by_cluster(probe) && !by_group(probe))
        by_root(probe);
    if (probe->machine->os == GM_OS_LINUX)
        probe->machine->image_asks =
            gm_key_text(probe->keys, "env:NVIDIA_REQUIRE_CUDA", probe->arena);
    return true;
}
