/* SPDX-License-Identifier: MIT */
/* What tools/gen_messages.py writes out of data/messages.tsv. Numbers called "offset" are places in
 * gm_messages_pool, whose texts end with NUL; offset 0 is the empty text. Internal to `explain`. */
#ifndef GM_EXPLAIN_TABLE_H
#define GM_EXPLAIN_TABLE_H

#include <stdint.h>

/* Fields of patterns: what the text between the literal pieces is. {name} in a pattern; read by
 * field.c, understood by learn.c. */
#define GM_FIELDS(X)                                                                               \
    X(any)         /* anything, up to the next literal piece */                                    \
    X(index)       /* digits that do not matter: number of a GPU */                                \
    X(device)      /* name of a GPU, up to the next literal piece */                               \
    X(cc)          /* compute capability of the device: 12.0 */                                    \
    X(sm)          /* the same as a number: 120 */                                                 \
    X(gfx)         /* AMD target of the device */                                                  \
    X(target)      /* a target that the text is about, not the device's: compute_70 */             \
    X(list)        /* targets of the code: sm_37 sm_50 compute_37, or 75 80 86 */                  \
    X(built)       /* list of PyTorch 2.10: "- 7.5 which supports hardware CC >=7.5,<8.0" … */   \
    X(ccmin)       /* lowest compute capability of the code */                                     \
    X(ccmax)       /* highest */                                                                   \
    X(torch)       /* version of the installed torch: 2.7.1+cu118 */                               \
    X(fixed)       /* version of the torch that would be right */                                  \
    X(cuda)        /* CUDA version the package was built with */                                   \
    X(toolkit)     /* CUDA version of the Toolkit at hand */                                       \
    X(requires)    /* CUDA level that a container image asks for */                                \
    X(driver)      /* version of the driver */                                                     \
    X(driver_cuda) /* CUDA level of the driver */                                                  \
    X(driver_api)  /* the same as cuDriverGetVersion gives it: 11040 */                            \
    X(python)      /* Python version */                                                            \
    X(cpython)     /* minor version in a wheel's tag: the 12 of cp312 */                           \
    X(variant)     /* compute platform in an index URL: cu128, rocm6.4, cpu */                     \
    X(pci)         /* PCI id of the device: 10de:2c31 */                                           \
    X(number)      /* number of a CUDA error */

typedef enum gm_field {
    GM_FIELD_NONE,
#define GM_ENUM(name) GM_FIELD_##name,
    GM_FIELDS(GM_ENUM)
#undef GM_ENUM
        GM_FIELD_COUNT
} gm_field;

/* In compiled patterns: GM_PATTERN_FIELD + a byte of gm_field. All else is literal: lower case,
 * without blanks. */
#define GM_PATTERN_FIELD 1

typedef struct gm_message_row {
    uint32_t id, kind, finding, action, advice, env, driver, package, source, pattern; /* offsets */
    uint32_t error;      /* offset: numbers of the CUDA error, "209|48" or "900,901" */
    uint32_t confidence; /* gm_confidence */
} gm_message_row;

/* A pattern is looked for by its anchor: four bytes of its first literal piece. */
typedef struct gm_message_pattern {
    uint32_t anchor; /* first byte in the highest bits */
    uint32_t before; /* literal bytes before the anchor */
    uint32_t row;
    uint32_t first;  /* field before the first literal piece, gm_field */
    uint32_t border; /* GM_BORDER_…: where a word must begin or end */
    uint32_t text;   /* offset */
} gm_message_pattern;

#define GM_BORDER_START 1u
#define GM_BORDER_END   2u

#define GM_ANCHOR_BYTES 4
#define GM_SLOT_BITS    12

/* Slot of an anchor; the generator computes the same. */
static inline uint32_t gm_anchor_slot(uint32_t anchor)
{
    return anchor * UINT32_C(0x9E3779B1) >> (32 - GM_SLOT_BITS);
}

extern const unsigned char gm_messages_pool[];
extern const gm_message_row gm_messages[]; /* in the order of the file: the first of equals wins */
extern const uint32_t gm_messages_count;
extern const gm_message_pattern gm_message_patterns[]; /* sorted by slot */
extern const uint16_t gm_message_slots[]; /* 2^GM_SLOT_BITS + 1: first pattern of a slot */

#endif
