/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong in a world: a schedule of faults as plain data, made from the seed before the run
 * begins, so that a run can be repeated without some of them.  Each seed has some classes of faults
 * and not the others (swarm testing): what many faults together would hide, few show. */
#ifndef REMBUK_TESTS_FAULTS_H
#define REMBUK_TESTS_FAULTS_H

#include "tests/sim/world.h"

enum fault_class {
    FAULT_CUT,       /* the connections between two are lost */
    FAULT_STALL,     /* nothing gets from one to the other for some seconds */
    FAULT_PARTITION, /* ... for hours, one way or both */
    FAULT_WEATHER,   /* the whole network is slow, its queues are short, frames come twice */
    FAULT_SLEEP,     /* a computer falls asleep */
    FAULT_CLOCK,     /* a clock is set wrongly, and right again */
    FAULT_KILL,      /* a process ends without a warning */
    FAULT_POWER,     /* power is cut within some disk action; what was not synchronised is torn */
    FAULT_FULL,      /* a disk is full */
    FAULT_ROLLBACK,  /* a disk is put back to what it was some hours ago */
    FAULT_BYZANTINE, /* somebody cheats (byzantine.h) */
    FAULT_CLASSES
};
extern const char *const fault_names[FAULT_CLASSES];

struct fault {
    enum fault_class class;
    int64_t at_ms, ms; /* when, and how long */
    uint16_t one, other;
    uint32_t amount; /* CLOCK: seconds, offset by 2^30; POWER: disk actions; FULL: bytes left;
                        BYZANTINE: the deed */
    bool is_left_out;
};

struct fault_plan {
    struct fault *faults; /* in the order of time */
    size_t count, room;
    unsigned classes; /* a bit for each */
};

/* Chooses the classes and the faults of a seed; `a_day` of each node. */
void faults_plan(struct fault_plan *plan, uint64_t seed, size_t nodes, int64_t length_ms,
                 unsigned a_day);
void faults_leave_out(struct fault_plan *plan, unsigned classes);

/* Of four faults one becomes this deed of the cheat (enum bad_deed), and he does no other. */
void faults_cheat(struct fault_plan *plan, uint32_t deed);

/* Adds the bit of the class of that name; false if there is none. */
bool fault_class_read(const char *name, unsigned *classes);
void faults_clear(struct fault_plan *plan);

/* Those that are not left out, one in each line; nodes by their numbers. */
void faults_print(const struct fault_plan *plan);

/* Puts the schedule, which is borrowed, into the heap. */
void faults_begin(struct world *world, const struct fault_plan *plan);

/* All ends: nothing is blocked, clocks are right, disks have room, everybody has power. */
void faults_cease(struct world *world);
void faults_end(struct world *world);

/* How many faults of each class took effect. */
const uint64_t *faults_injected(const struct world *world);

#endif
