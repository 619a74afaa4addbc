/* SPDX-License-Identifier: MIT */
/* A machine: what is known about devices, driver and system. Unknown is a value everywhere. */
#ifndef GM_MODEL_MACHINE_H
#define GM_MODEL_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/version.h"
#include "model/target.h"

typedef enum gm_vendor {
    GM_VENDOR_UNKNOWN,
    GM_VENDOR_NVIDIA,
    GM_VENDOR_AMD,
    GM_VENDOR_INTEL
} gm_vendor;
const char *gm_vendor_token(gm_vendor vendor); /* NULL for unknown */
gm_vendor gm_target_vendor(const gm_target *target);
/* By the vendor's number on the PCI bus (https://pcisig.com/membership/member-companies). */
gm_vendor gm_pci_vendor(unsigned long id);

typedef enum gm_os {
    GM_OS_UNKNOWN,
    GM_OS_LINUX,
    GM_OS_WINDOWS,
    GM_OS_MACOS,
    GM_OS_WSL /* Linux code, Windows driver */
} gm_os;
typedef enum gm_cpu { GM_CPU_UNKNOWN, GM_CPU_X86_64, GM_CPU_AARCH64 } gm_cpu;
const char *gm_os_token(gm_os os);    /* NULL for unknown */
const char *gm_cpu_token(gm_cpu cpu); /* NULL for unknown */
bool gm_os_parse(const char *text, gm_os *os);
bool gm_cpu_parse(const char *text, gm_cpu *cpu); /* also amd64, arm64 */
gm_os gm_os_of_wheels(gm_os os);                  /* wsl installs Linux wheels */
gm_cpu gm_cpu_of_wheels(gm_os os, gm_cpu cpu);    /* unknown: what most of such machines have */
gm_os gm_os_of_driver(gm_os os);                  /* wsl has a Windows driver */

#define GM_DEVICE_TARGETS 4

/* What this user may do with a device file. */
typedef enum gm_access {
    GM_ACCESS_UNKNOWN, /* not looked, or no device file is known */
    GM_ACCESS_OK,
    GM_ACCESS_ABSENT, /* there is no such file */
    GM_ACCESS_DENIED  /* it is there, for others */
} gm_access;
const char *gm_access_token(gm_access access); /* NULL for unknown */

/* What the kernel driver that has taken a GPU can do with it. */
typedef enum gm_binding {
    GM_BINDING_UNKNOWN,
    GM_BINDING_COMPUTE,    /* the driver that programs need */
    GM_BINDING_DISPLAY,    /* one that only draws: nouveau */
    GM_BINDING_PASSTHROUGH /* handed to a virtual machine: vfio-pci */
} gm_binding;

/* One GPU. A name that fits chips of different targets has several candidates. */
typedef struct gm_device {
    int index;
    gm_vendor vendor;
    const char *name;                     /* NULL unknown */
    const char *pci;                      /* "10de:2d19" or NULL */
    const char *address;                  /* "0000:01:00.0" or NULL */
    gm_target targets[GM_DEVICE_TARGETS]; /* target_count 0: unknown */
    unsigned target_count;
    const char *target_source; /* where the target was found; NULL unknown */
    uint64_t memory_bytes;     /* 0 unknown */
    bool hidden;
    const char *hidden_by;     /* the variable, or the kind of container; NULL none or not known */
    const char *source;        /* "flag", "pci", … */
    const char *kernel_driver; /* that has taken it, "nouveau"; NULL none or not known */
    gm_binding binding;        /* what `kernel_driver` can do */
    const char *uuid;          /* as its driver names it, "GPU-8f5e…"; NULL unknown */
    int minor;                 /* number of its device file, /dev/nvidia0; -1 unknown */
    int order;        /* place among its vendor's devices, as the driver counts them; -1 unknown */
    gm_access access; /* the worst of the device files that it needs */
    const char *access_path;   /* that file; NULL where nothing is known or all is well */
    const char *overridden_by; /* variable and value that change its target; NULL none */
} gm_device;

typedef enum gm_known { GM_UNKNOWN, GM_ABSENT, GM_KNOWN } gm_known;
typedef enum gm_kernel_module { GM_MODULE_ANY, GM_MODULE_OPEN, GM_MODULE_CLOSED } gm_kernel_module;

typedef struct gm_driver {
    gm_known state;   /* GM_ABSENT: surely none */
    const char *text; /* "576.02" as written; NULL unless known */
    gm_version version;
    gm_version cuda;                /* level it supports; count 0 unknown */
    gm_kernel_module kernel_module; /* GM_MODULE_ANY: unknown */
    const char *source;
    /* The part that programs load, libcuda: of the same version, unless an update waits for a
     * restart or a forward-compatibility package (cuda-compat) stands before it. */
    const char *library; /* "580.82.07"; NULL unknown */
    gm_version library_version;
    const char *library_path;
    bool library_compat;          /* it lies in a folder of a forward-compatibility package */
    const char *library_variable; /* that leads the loader to it; NULL: the loader's own folders */
} gm_driver;

/* A variable of the environment that decides what programs see. */
typedef struct gm_setting {
    const char *name;
    const char *value;
} gm_setting;

typedef struct gm_python {
    gm_version version; /* count 0 unknown */
    bool free_threaded;
    const char *prefix; /* environment; NULL unknown */
} gm_python;

typedef struct gm_machine {
    gm_os os;
    gm_cpu cpu;
    gm_version glibc;
    const char *libc;      /* as text, "glibc 2.36"; NULL unknown */
    const char *container; /* kind ("docker", "podman", "container"), NULL none known */
    const char *container_source;
    const char
        *image_asks; /* "cuda>=12.8 brand=tesla,driver>=535": NVIDIA_REQUIRE_CUDA; NULL none */
    const char *l4t; /* release of a Jetson's system, "36.4.3"; NULL none */
    GM_LIST(gm_setting) settings; /* that were honoured, in the order in which they were asked */
    bool order_unknown; /* a setting names devices in an order that cannot be known here */
    gm_python python;
    gm_driver driver;
    gm_known gpus; /* GM_ABSENT: surely none; GM_KNOWN: in devices; GM_UNKNOWN: not looked */
    GM_LIST(gm_device) devices;
} gm_machine;

/* The kind of container that a text (a control group, the variable `container`) gives away, and the
 * word that does; NULL none. */
const char *gm_container_find(const char *text, const char **ret_word);

/* In a text of /proc/self/mountinfo: the file system that is mounted on "/", from its type on
 * ("overlay overlay rw,lowerdir=…"), up to the end of its line; NULL none. */
const char *gm_mount_of_root(const char *mountinfo);

/* The variable that hides a GPU, with its value; NULL where none does. */
const gm_setting *gm_device_hiding(const gm_machine *machine, const gm_device *device);

/* Is a GPU of this vendor visible? */
bool gm_machine_sees(const gm_machine *machine, gm_vendor vendor);

#endif
