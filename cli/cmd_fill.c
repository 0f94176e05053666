/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows that fill forms of the case record: each has the fields of its form as options. */
#include "cli/fill.h"

#define FILL(symbol, words, words_id, the_form, tells, shown, lines)                               \
    const struct command symbol = {                                                                \
        .name = (words),                                                                           \
        .name_id = (words_id),                                                                     \
        .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },                           \
        .form = (the_form),                                                                        \
        .help = (tells),                                                                           \
        .summary = (shown),                                                                        \
        .more = N_("What you leave out stays as it is; \"\" empties it. Write no names: who the "  \
                   "client is stands in the identity part alone."),                                \
        .examples = (lines),                                                                       \
        .needs = NEEDS_STORE,                                                                      \
        .check = fill_check,                                                                       \
        .run = fill_run,                                                                           \
    }

FILL(cmd_case_facts, "case facts", "kasus data", FORM_FACTS,
     N_("Writes or corrects the facts of a case: category, age, sex, school, first contact."), NULL,
     N_("rembuk case facts 4 --category 2012:03 --lives-with relatives"));

FILL(cmd_case_contract, "case contract", "kasus kontrak", FORM_CONTRACT,
     N_("Writes down what was agreed with the client and the family."), NULL,
     N_("rembuk case contract 4 --with family --agreed \"A visit every week\""));

FILL(cmd_assess_fill, "assess fill", "asesmen isi", FORM_ASSESSMENT,
     N_("Writes or corrects the assessment of a case."), N_("write the assessment"),
     N_("rembuk assess fill 4 --summary \"Can go back to school\" --on today"));

FILL(cmd_assess_problem, "assess problem", "asesmen masalah", FORM_PROBLEM,
     N_("Adds a problem to the assessment."), NULL,
     N_("rembuk assess problem 4 --what \"Has not been at school\" --said-by child"));

FILL(cmd_assess_need, "assess need", "asesmen kebutuhan", FORM_NEED,
     N_("Adds a need to the assessment."), NULL,
     N_("rembuk assess need 4 --what \"A school uniform\""));

FILL(cmd_assess_strength, "assess strength", "asesmen kekuatan", FORM_STRENGTH,
     N_("Adds a strength of the client or the family."), NULL,
     N_("rembuk assess strength 4 --what \"Reads well\""));

FILL(cmd_assess_resource, "assess resource", "asesmen potensi", FORM_RESOURCE,
     N_("Adds a resource that is near: an agency, a fund, a volunteer group."), NULL,
     N_("rembuk assess resource 4 --what \"Reading house in the village\""));

FILL(cmd_assess_child, "assess child", "asesmen anak", FORM_CHILD_VIEW,
     N_("Writes down the child's own view."), NULL,
     N_("rembuk assess child 4 --says \"I want to go to school\""));

FILL(cmd_assess_family, "assess family", "asesmen keluarga", FORM_FAMILY_VIEW,
     N_("Writes down the family's own view."), NULL,
     N_("rembuk assess family 4 --says \"There is no money for the bus\""));

FILL(cmd_assess_risk, "assess risk", "asesmen risiko", FORM_RISK,
     N_("Writes how high the risk is, and why."), NULL,
     N_("rembuk assess risk 4 --level high --why \"Sleeps on the street\""));

FILL(cmd_assess_street, "assess street", "asesmen jalanan", FORM_ANNEX_STREET,
     N_("Fills the annex for street children (AJ)."), NULL,
     N_("rembuk assess street 4 --hours-a-day 6"));

FILL(cmd_assess_disability, "assess disability", "asesmen disabilitas", FORM_ANNEX_DISABILITY,
     N_("Fills the annex for children with a disability (ADK)."), NULL,
     N_("rembuk assess disability 4 --aids \"Hearing aid\""));

FILL(cmd_assess_protection, "assess protection", "asesmen perlindungan", FORM_ANNEX_PROTECTION,
     N_("Fills the annex for children in need of special protection (AMPK)."), NULL,
     N_("rembuk assess protection 4 --is-safe-now yes"));

FILL(cmd_assess_law, "assess law", "asesmen hukum", FORM_ANNEX_LAW,
     N_("Fills the annex for children before the law (ABH)."), NULL,
     N_("rembuk assess law 4 --stands-as witness --next-hearing monday"));

FILL(cmd_assess_infant, "assess infant", "asesmen balita", FORM_ANNEX_INFANT,
     N_("Fills the annex for children under five (BLT)."), NULL,
     N_("rembuk assess infant 4 --weight-grams 7200 --measured-on today"));

FILL(cmd_plan_goal, "plan goal", "rencana tujuan", FORM_GOAL, N_("Adds a goal to the plan."), NULL,
     N_("rembuk plan goal 4 --what \"Back at school\" --by 2027-01-15"));

FILL(cmd_plan_add, "plan add", "rencana tambah", FORM_STEP,
     N_("Adds a step to the plan: what, who, by which day."), N_("add a step to the plan"),
     N_("rembuk plan add 4 --what \"Ask the school for a place\" --by friday"));

FILL(cmd_service_add, "service add", "layanan catat", FORM_SERVICE,
     N_("Writes down a service or an aid that was given."), N_("write down a service"),
     N_("rembuk service add 4 --what \"School uniform\" --on today"));

FILL(cmd_family_link, "family link", "keluarga hubungkan", FORM_FAMILY,
     N_("Adds somebody of the family, and his case if he has one. No names."), NULL,
     N_("rembuk family link 4 --relation brother --case 3273-26-K7QD"));

FILL(cmd_support_add, "support add", "dukungan tambah", FORM_SUPPORT,
     N_("Adds somebody who supports the client. No names."), NULL,
     N_("rembuk support add 4 --relation aunt --helps-with meals"));

FILL(cmd_partner_add, "partner add", "mitra tambah", FORM_PARTNER,
     N_("Adds an agency that takes part."), NULL,
     N_("rembuk partner add 4 --agency \"Health centre\" --does \"Check-ups\""));

FILL(cmd_evaluation_add, "evaluation add", "evaluasi tambah", FORM_EVALUATION,
     N_("Adds an evaluation: how it went, what was found, what comes next."), NULL,
     N_("rembuk evaluation add 4 --on today --progress better"));

FILL(cmd_case_ending, "case ending", "kasus pengakhiran", FORM_ENDING,
     N_("Writes why and when a case is to end, and by what one sees that it can."), NULL,
     N_("rembuk case ending 4 --why self-reliant --criterion \"Goes to school alone\""));

FILL(cmd_aftercare_add, "aftercare add", "bimbingan-lanjut tambah", FORM_AFTERCARE,
     N_("Adds a day on which the client is seen again after the end."), NULL,
     N_("rembuk aftercare add 4 --by 2027-03-01"));
