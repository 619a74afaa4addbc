/* SPDX-License-Identifier: MIT */
/* Machines as tables of keys, for the tests of `probe`. */
#ifndef GM_TESTS_MACHINE_H
#define GM_TESTS_MACHINE_H

#include "unit.h"

#include "probe/probe.h"

#define PCI "/sys/bus/pci/devices/"
#define DEVICE(address, vendor, id, class_code)                                                    \
    {"file:" PCI address "/vendor", GM_KEY_OK, vendor "\n"},                                       \
        {"file:" PCI address "/device", GM_KEY_OK, id "\n"},                                       \
    {                                                                                              \
        "file:" PCI address "/class", GM_KEY_OK, class_code "\n"                                   \
    }
#define LINUX                                                                                      \
    {"system:os", GM_KEY_OK, "linux"},                                                             \
    {                                                                                              \
        "system:arch", GM_KEY_OK, "x86_64"                                                         \
    }
#define NODE(number, text)                                                                         \
    {                                                                                              \
        "file:/sys/class/kfd/kfd/topology/nodes/" number "/properties", GM_KEY_OK, text            \
    }
#define VERSION "file:/proc/driver/nvidia/version"
#define MODULE  "file:/sys/module/nvidia/version"
#define END                                                                                        \
    {                                                                                              \
        NULL, GM_KEY_ABSENT, NULL                                                                  \
    }

#define BOUND(address, driver)                                                                     \
    {                                                                                              \
        "link:" PCI address "/driver", GM_KEY_OK, "../../../../bus/pci/drivers/" driver            \
    }
#define OPEN_FLAVOUR                                                                               \
    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build  "          \
    "(dvs-builder@U22)\n"

struct seen {
    gm_arena *arena;
    gm_machine machine;
};

/* What the probes see; free its arena. */
struct seen look(const gm_key_row *rows);

#endif
