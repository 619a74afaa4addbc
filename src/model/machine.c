/* SPDX-License-Identifier: MIT */
#include "model/machine.h"

#include <string.h>

#include "base/lookup.h"

const char *gm_vendor_token(gm_vendor vendor)
{
    static const char *const tokens[] = {[GM_VENDOR_UNKNOWN] = NULL,
                                         [GM_VENDOR_NVIDIA] = "nvidia",
                                         [GM_VENDOR_AMD] = "amd",
                                         [GM_VENDOR_INTEL] = "intel"};
    return tokens[vendor];
}

gm_vendor gm_pci_vendor(unsigned long id)
{
    return id == 0x10de   ? GM_VENDOR_NVIDIA
           : id == 0x1002 ? GM_VENDOR_AMD
           : id == 0x8086 ? GM_VENDOR_INTEL
                          : GM_VENDOR_UNKNOWN;
}

gm_vendor gm_target_vendor(const gm_target *target)
{
    switch (target->kind) {
    case GM_TARGET_SM:
    case GM_TARGET_COMPUTE:
        return GM_VENDOR_NVIDIA;
    case GM_TARGET_GFX:
        return GM_VENDOR_AMD;
    case GM_TARGET_INTEL:
        return GM_VENDOR_INTEL;
    case GM_TARGET_NONE:
        break;
    }
    return GM_VENDOR_UNKNOWN;
}

static const char *const os_tokens[] = {[GM_OS_UNKNOWN] = NULL,
                                        [GM_OS_LINUX] = "linux",
                                        [GM_OS_WINDOWS] = "windows",
                                        [GM_OS_MACOS] = "macos",
                                        [GM_OS_WSL] = "wsl"};

const char *gm_os_token(gm_os os)
{
    return os_tokens[os];
}

bool gm_os_parse(const char *text, gm_os *os)
{
    for (int i = GM_OS_LINUX; i <= GM_OS_WSL; i++)
        if (gm_ascii_equal_n(text, os_tokens[i], strlen(os_tokens[i]) + 1)) {
            *os = (gm_os)i;
            return true;
        }
    return false;
}

const char *gm_cpu_token(gm_cpu cpu)
{
    static const char *const tokens[] = {
        [GM_CPU_UNKNOWN] = NULL, [GM_CPU_X86_64] = "x86_64", [GM_CPU_AARCH64] = "aarch64"};
    return tokens[cpu];
}

bool gm_cpu_parse(const char *text, gm_cpu *cpu)
{
    static const struct {
        const char *text;
        gm_cpu cpu;
    } names[] = {{"x86_64", GM_CPU_X86_64},
                 {"amd64", GM_CPU_X86_64},
                 {"x64", GM_CPU_X86_64},
                 {"aarch64", GM_CPU_AARCH64},
                 {"arm64", GM_CPU_AARCH64}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (gm_ascii_equal_n(text, names[i].text, strlen(names[i].text) + 1)) {
            *cpu = names[i].cpu;
            return true;
        }
    return false;
}

const char *gm_access_token(gm_access access)
{
    static const char *const tokens[] = {[GM_ACCESS_UNKNOWN] = NULL,
                                         [GM_ACCESS_OK] = "ok",
                                         [GM_ACCESS_ABSENT] = "absent",
                                         [GM_ACCESS_DENIED] = "denied"};
    return tokens[access];
}

gm_os gm_os_of_wheels(gm_os os)
{
    return os == GM_OS_WSL ? GM_OS_LINUX : os;
}

gm_cpu gm_cpu_of_wheels(gm_os os, gm_cpu cpu)
{
    if (cpu != GM_CPU_UNKNOWN)
        return cpu;
    return os == GM_OS_MACOS ? GM_CPU_AARCH64 : GM_CPU_X86_64;
}

gm_os gm_os_of_driver(gm_os os)
{
    return os == GM_OS_WSL ? GM_OS_WINDOWS : os;
}

bool gm_machine_sees(const gm_machine *machine, gm_vendor vendor)
{
    for (size_t i = 0; i < machine->devices.count; i++)
        if (machine->devices.items[i].vendor == vendor && !machine->devices.items[i].hidden)
            return true;
    return false;
}

const char *gm_container_find(const char *text, const char **ret_word)
{
    static const char *const words[][2] = {{"docker", "docker"},
                                           {"kubepods", "kubernetes"},
                                           {"libpod", "podman"},
                                           {"podman", "podman"},
                                           {"containers/storage", "podman"},
                                           {"lxc", "lxc"},
                                           {"systemd-nspawn", "systemd-nspawn"},
                                           {"containerd", "container"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i][0])) {
            *ret_word = words[i][0];
            return words[i][1];
        }
    return NULL;
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw": the fifth field is where it is
 * mounted, the type stands behind " - " (man proc_pid_mountinfo). */
const char *gm_mount_of_root(const char *mountinfo)
{
    for (const char *line = mountinfo; *line;) {
        const char *end = line + strcspn(line, "\n"), *field = line, *type = strstr(line, " - ");
        for (int i = 0; i < 4 && field < end; i++)
            field += strcspn(field, " \n") + 1;
        if (field + 1 < end && !strncmp(field, "/ ", 2) && type && type < end)
            return type + 3;
        line = *end ? end + 1 : end;
    }
    return NULL;
}

const gm_setting *gm_device_hiding(const gm_machine *machine, const gm_device *device)
{
    for (size_t i = 0; device->hidden && i < machine->settings.count; i++)
        if (gm_text_equal(machine->settings.items[i].name, device->hidden_by))
            return &machine->settings.items[i];
    return NULL;
}
