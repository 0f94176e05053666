/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/form_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- Fields as options ---- */

#define VALUE(word, word_id, label, asked)                                                         \
    { .name = (word), .name_id = (word_id), .value = (label), .help = (asked), .question = (asked) }
#define FIRST(word, word_id, label, asked)                                                         \
    {                                                                                              \
        .name = (word), .name_id = (word_id), .value = (label), .help = (asked),                   \
        .question = (asked), .required = true                                                      \
    }
#define CHOICE(word, word_id, words, words_id, asked)                                              \
    {                                                                                              \
        .name = (word), .name_id = (word_id), .value = N_("CHOICE"), .choices = (words),           \
        .choices_id = (words_id), .help = (asked), .question = (asked)                             \
    }
#define LATER(word, word_id, label, tells)                                                         \
    { .name = (word), .name_id = (word_id), .value = (label), .help = (tells) }
#define LAST                                                                                       \
    { .name = NULL }

static const struct option facts_options[] = {
    VALUE("category", "golongan", N_("CODE"), N_("Which category? Its code, such as 2012:07.")),
    VALUE("cluster", "klaster", N_("AJ|ADK|AMPK|ABH|BLT"),
          N_("Which cluster: AJ, ADK, AMPK, ABH or BLT?")),
    VALUE("age", "usia", N_("AGE"),
          N_("How old? In years, such as 7; of a baby in months, such as 8m.")),
    VALUE("age-on", "usia-pada", N_("DATE"), N_("On which day was that the age?")),
    CHOICE("sex", "kelamin", "male|female", "laki-laki|perempuan", N_("Male or female?")),
    CHOICE("source", "sumber",
           "family|client|neighbour|school|police|hospital|institution|worker|media|other",
           "keluarga|klien|tetangga|sekolah|polisi|rumah-sakit|lembaga|petugas|media|lainnya",
           N_("Who brought the case to you?")),
    VALUE("contact-on", "kontak-pada", N_("DATE"), N_("On which day was the first contact?")),
    VALUE("summary", "ringkasan", N_("TEXT"),
          N_("What is it about, in a few sentences without any name?")),
    CHOICE("education", "pendidikan", "none|preschool|primary|junior|senior|special|dropped-out",
           "tidak-sekolah|paud|sd|smp|sma|slb|putus-sekolah", N_("Which school?")),
    CHOICE("lives-with", "tinggal-dengan",
           "parents|one-parent|relatives|foster|institution|street|alone|other",
           "orang-tua|satu-orang-tua|kerabat|keluarga-asuh|lembaga|jalanan|sendiri|lainnya",
           N_("With whom does the client live?")),
    LAST,
};

static const struct option contract_options[] = {
    VALUE("on", "pada", N_("DATE"), N_("On which day was it agreed?")),
    CHOICE("with", "dengan", "child|family|worker|other", "anak|keluarga|petugas|lainnya",
           N_("With whom was it agreed?")),
    VALUE("agreed", "isi", N_("TEXT"), N_("What was agreed?")),
    LAST,
};

static const struct option problem_options[] = {
    FIRST("what", "apa", N_("TEXT"), N_("What is the problem?")),
    CHOICE("said-by", "kata-siapa", "child|family|worker|other", "anak|keluarga|petugas|lainnya",
           N_("Who says so?")),
    VALUE("since", "sejak", N_("TEXT"), N_("Since when?")),
    CHOICE("state", "keadaan", "open|done|dropped", "terbuka|selesai|batal", N_("How far is it?")),
    LAST,
};

static const struct option need_options[] = {
    FIRST("what", "apa", N_("TEXT"), N_("What is needed?")),
    CHOICE("said-by", "kata-siapa", "child|family|worker|other", "anak|keluarga|petugas|lainnya",
           N_("Who says so?")),
    CHOICE("state", "keadaan", "open|done|dropped", "terbuka|selesai|batal", N_("How far is it?")),
    LAST,
};

static const struct option strength_options[] = {
    FIRST("what", "apa", N_("TEXT"), N_("What is the client or the family good at?")),
    CHOICE("said-by", "kata-siapa", "child|family|worker|other", "anak|keluarga|petugas|lainnya",
           N_("Who says so?")),
    LAST,
};

static const struct option resource_options[] = {
    FIRST("what", "apa", N_("TEXT"), N_("Which resource is near?")),
    VALUE("kind", "jenis", N_("CODE"), N_("Which kind? Its PSKS code, such as 2012:03.")),
    VALUE("contact", "hubungan", N_("TEXT"), N_("How can it be reached? No name of the family.")),
    LAST,
};

static const struct option child_view_options[] = {
    VALUE("says", "kata", N_("TEXT"), N_("What does the child say about it?")),
    VALUE("wants", "keinginan", N_("TEXT"), N_("What does the child want?")),
    VALUE("on", "pada", N_("DATE"), N_("On which day did the child say so?")),
    LAST,
};

static const struct option family_view_options[] = {
    VALUE("says", "kata", N_("TEXT"), N_("What does the family say about it?")),
    VALUE("wants", "keinginan", N_("TEXT"), N_("What does the family want?")),
    VALUE("on", "pada", N_("DATE"), N_("On which day did the family say so?")),
    LAST,
};

static const struct option assessment_options[] = {
    VALUE("summary", "ringkasan", N_("TEXT"), N_("What comes out, all in all?")),
    VALUE("tools", "alat", N_("TEXT"), N_("With which tools: genogram, ecomap, a form?")),
    VALUE("on", "pada", N_("DATE"), N_("On which day was it finished?")),
    VALUE("physical", "fisik", N_("TEXT"), N_("How are body and health?")),
    VALUE("feelings", "perasaan", N_("TEXT"), N_("How are feelings and behaviour?")),
    VALUE("social", "sosial", N_("TEXT"), N_("How does the client get on with others?")),
    VALUE("schooling", "belajar", N_("TEXT"), N_("How is it at school or at work?")),
    VALUE("family", "keluarga", N_("TEXT"), N_("How is it at home?")),
    LAST,
};

static const struct option risk_options[] = {
    CHOICE("level", "tingkat", "low|medium|high|emergency", "rendah|sedang|tinggi|darurat",
           N_("How high is the risk?")),
    VALUE("why", "alasan", N_("TEXT"), N_("Why?")),
    VALUE("on", "pada", N_("DATE"), N_("On which day was it judged so?")),
    LAST,
};

static const struct option annex_street_options[] = {
    VALUE("works-as", "pekerjaan", N_("TEXT"), N_("What does the child do on the street?")),
    VALUE("hours-a-day", "jam-sehari", N_("NUMBER"), N_("How many hours a day?")),
    VALUE("sleeps-at", "tidur-di", N_("TEXT"), N_("In what sort of place does the child sleep?")),
    VALUE("contact-with-family", "hubungan-keluarga", N_("TEXT"),
          N_("How often is the family seen?")),
    VALUE("dangers", "bahaya", N_("TEXT"), N_("Which dangers are there?")),
    LAST,
};

static const struct option annex_disability_options[] = {
    VALUE("disability", "disabilitas", N_("TEXT"), N_("Which disability?")),
    VALUE("since", "sejak", N_("TEXT"), N_("Since when?")),
    VALUE("aids", "alat-bantu", N_("TEXT"), N_("Which aids are used or needed?")),
    VALUE("can-do", "mampu", N_("TEXT"), N_("What can the client do alone?")),
    VALUE("needs-help-with", "perlu-bantuan", N_("TEXT"), N_("What is help needed with?")),
    VALUE("therapy", "terapi", N_("TEXT"), N_("Which therapy is given or needed?")),
    LAST,
};

static const struct option annex_protection_options[] = {
    VALUE("kind-of-harm", "jenis-kekerasan", N_("TEXT"), N_("What kind of harm?")),
    VALUE("since", "sejak", N_("TEXT"), N_("Since when?")),
    CHOICE("is-safe-now", "aman", "no|yes", "tidak|ya", N_("Is the child safe now?")),
    VALUE("safety-plan", "rencana-aman", N_("TEXT"),
          N_("What keeps the child safe until the next visit?")),
    VALUE("reported-on", "dilaporkan-pada", N_("DATE"), N_("On which day was it reported?")),
    VALUE("medical", "medis", N_("TEXT"), N_("What did a doctor find?")),
    LAST,
};

static const struct option annex_law_options[] = {
    CHOICE("stands-as", "kedudukan", "offender|victim|witness", "pelaku|korban|saksi",
           N_("How does the child stand before the law?")),
    VALUE("matter", "perkara", N_("TEXT"), N_("In which matter? No name.")),
    CHOICE("stage-of-law", "tahap-hukum", "report|police|prosecutor|court|diversion|sentence|over",
           "laporan|polisi|jaksa|pengadilan|diversi|putusan|selesai",
           N_("Where is the matter now?")),
    VALUE("next-hearing", "sidang-berikut", N_("DATE"), N_("When is the next hearing?")),
    VALUE("diversion", "diversi", N_("TEXT"), N_("What came of a diversion?")),
    VALUE("companion", "pendamping", N_("TEXT"), N_("Which office accompanies the child?")),
    LAST,
};

static const struct option annex_infant_options[] = {
    VALUE("weight-grams", "berat-gram", N_("NUMBER"), N_("How heavy, in grams?")),
    VALUE("height-mm", "tinggi-mm", N_("NUMBER"), N_("How tall, in millimetres?")),
    VALUE("measured-on", "diukur-pada", N_("DATE"), N_("On which day was that measured?")),
    VALUE("immunisation", "imunisasi", N_("TEXT"), N_("Which vaccinations?")),
    VALUE("feeding", "makan", N_("TEXT"), N_("How is the child fed?")),
    VALUE("development", "perkembangan", N_("TEXT"), N_("What can the child do by now?")),
    LAST,
};

static const struct option goal_options[] = {
    FIRST("what", "apa", N_("TEXT"), N_("What shall be reached?")),
    VALUE("by", "sampai", N_("DATE"), N_("By which day?")),
    CHOICE("state", "keadaan", "open|done|dropped", "terbuka|selesai|batal", N_("How far is it?")),
    VALUE("note", "keterangan", N_("TEXT"), N_("Anything to add?")),
    LAST,
};

static const struct option step_options[] = {
    VALUE("goal", "tujuan", N_("REFERENCE"), N_("For which goal? Its number, such as 12.5.")),
    FIRST("what", "apa", N_("TEXT"), N_("What is to be done?")),
    VALUE("who", "siapa", N_("TEXT"),
          N_("Who does it: the worker, the family, an agency? No name of the family.")),
    VALUE("by", "sampai", N_("DATE"), N_("By which day?")),
    CHOICE("state", "keadaan", "open|done|dropped", "terbuka|selesai|batal", N_("How far is it?")),
    VALUE("done-on", "selesai-pada", N_("DATE"), N_("On which day was it done?")),
    VALUE("note", "keterangan", N_("TEXT"), N_("Anything to add?")),
    LAST,
};

static const struct option service_options[] = {
    FIRST("what", "apa", N_("TEXT"), N_("Which service or aid was given?")),
    VALUE("on", "pada", N_("DATE"), N_("On which day?")),
    VALUE("given-by", "oleh", N_("TEXT"), N_("By which agency?")),
    VALUE("amount", "jumlah", N_("TEXT"), N_("How much?")),
    VALUE("outcome", "hasil", N_("TEXT"), N_("What came of it?")),
    VALUE("step", "langkah", N_("REFERENCE"),
          N_("For which step of the plan? Its number, such as 12.6.")),
    LAST,
};

static const struct option family_options[] = {
    FIRST("relation", "hubungan", N_("TEXT"),
          N_("What is that person to the client: mother, brother? No name.")),
    VALUE("case", "kasus", N_("CODE"),
          N_("Which case is that person's? Its code, such as 3273-26-K7QD.")),
    CHOICE("lives-with", "serumah", "no|yes", "tidak|ya", N_("Do they live together?")),
    VALUE("note", "keterangan", N_("TEXT"), N_("Anything to add?")),
    LAST,
};

static const struct option support_options[] = {
    FIRST("relation", "hubungan", N_("TEXT"),
          N_("Who is that to the client: aunt, teacher? No name.")),
    VALUE("helps-with", "membantu", N_("TEXT"), N_("What does that person help with?")),
    CHOICE("strength", "kekuatan", "weak|medium|strong", "lemah|sedang|kuat",
           N_("How strong is the tie?")),
    LAST,
};

static const struct option partner_options[] = {
    FIRST("agency", "lembaga", N_("TEXT"), N_("Which agency?")),
    VALUE("kind", "jenis", N_("CODE"), N_("Which kind? Its PSKS code, such as 2012:03.")),
    VALUE("does", "tugas", N_("TEXT"), N_("What does it do in this case?")),
    VALUE("contact", "hubungan", N_("TEXT"), N_("How can it be reached?")),
    LAST,
};

static const struct option evaluation_options[] = {
    FIRST("on", "pada", N_("DATE"), N_("On which day?")),
    CHOICE("progress", "kemajuan", "worse|same|better|reached", "memburuk|tetap|membaik|tercapai",
           N_("How did it go since the last time?")),
    VALUE("found", "temuan", N_("TEXT"), N_("What was found?")),
    VALUE("next", "selanjutnya", N_("TEXT"), N_("What comes next?")),
    LAST,
};

static const struct option ending_options[] = {
    CHOICE("why", "alasan", "self-reliant|handed-over|moved|refused|died|other",
           "mandiri|diserahkan|pindah|menolak|meninggal|lainnya", N_("Why does the case end?")),
    VALUE("criterion", "ukuran", N_("TEXT"),
          N_("By what can one see that help is needed no more?")),
    VALUE("on", "pada", N_("DATE"), N_("On which day does it end?")),
    VALUE("note", "keterangan", N_("TEXT"), N_("Anything to add?")),
    LAST,
};

static const struct option aftercare_options[] = {
    FIRST("by", "sampai", N_("DATE"), N_("By which day is the client seen again?")),
    VALUE("done-on", "selesai-pada", N_("DATE"), N_("On which day was it done?")),
    VALUE("found", "temuan", N_("TEXT"), N_("What was found?")),
    LAST,
};

static const struct option comment_options[] = {
    VALUE("text", "teks", N_("TEXT"), N_("What do you want to say about it?")),
    CHOICE("settled", "beres", "no|yes", "belum|sudah", N_("Is it settled?")),
    VALUE("on-thing", "tentang", N_("REFERENCE"),
          N_("About which part? Its number, such as 12.3.")),
    VALUE("on-form", "tentang-lembar", N_("FORM"), N_("About which form?")),
    LAST,
};

/* Who consents, and what comes after a withdrawal, is put in by the commands themselves. */
static const struct option consent_options[] = {
    {
        .name = "basis",
        .name_id = "dasar",
        .value = N_("CHOICE"),
        .choices = "guardian|client|guardian-absent|guardian-suspected|vital-interest|legal-duty",
        .choices_id = "wali|klien|wali-tidak-ada|wali-diduga|bahaya-jiwa|kewajiban-hukum",
        .help = N_("On what basis may the case be shared?"),
        .question = N_("On what basis may the case be shared?"),
        .required = true,
    },
    VALUE("relation", "hubungan", N_("TEXT"), N_("What is who consents to the client? No name.")),
    FIRST("on", "pada", N_("DATE"), N_("On which day was the consent given?")),
    FIRST("purpose", "tujuan", N_("TEXT"), N_("For what purpose?")),
    {
        .name = "recipients",
        .name_id = "penerima",
        .value = N_("CHOICE"),
        .choices = "team|office|partners|all",
        .choices_id = "tim|kantor|mitra|semua",
        .help = N_("Who may read it?"),
        .question = N_("Who may read it?"),
        .required = true,
    },
    VALUE("until", "sampai", N_("DATE"), N_("Until which day? Empty: without an end.")),
    VALUE("proof", "bukti", N_("TEXT"), N_("Where is the proof: a signed form, a witness?")),
    VALUE("why", "alasan", N_("TEXT"), N_("Why without the guardian? Empty with his consent.")),
    LATER("withdrawn-on", "dicabut-pada", N_("DATE"), N_("the day on which it was withdrawn")),
    LATER("withdrawn-why", "alasan-cabut", N_("TEXT"), N_("why it was withdrawn")),
    LATER("acted-on", "ditindak-pada", N_("DATE"), N_("the day on which that was acted on")),
    LAST,
};

static const struct option flag_options[] = {
    VALUE("why", "alasan", N_("TEXT"), N_("Why is the case flagged?")),
    VALUE("cleared-why", "alasan-lepas", N_("TEXT"), N_("Why is the flag taken away?")),
    LAST,
};

static const struct option duty_options[] = {
    VALUE("person", "orang", N_("PERSON"), N_("Who?")),
    CHOICE("as", "sebagai", "supervisor|co-worker|adviser|none",
           "penyelia|rekan-kerja|penasihat|tidak-ada",
           N_("Which duty: supervisor, co-worker, adviser or none?")),
    LAST,
};

static const struct option stage_options[] = {
    CHOICE("now", "sekarang",
           "intake|assessment|plan|intervention|evaluation|termination|aftercare|closed",
           "penerimaan|asesmen|rencana|intervensi|evaluasi|pengakhiran|bimbingan-lanjut|ditutup",
           N_("Which stage?")),
    LAST,
};

static const struct option approval_options[] = {
    CHOICE("of", "atas", "assessment|plan|ending", "asesmen|rencana|pengakhiran",
           N_("Of what: assessment, plan or ending?")),
    VALUE("asked-on", "diminta-pada", N_("DATE"), N_("On which day was it asked for?")),
    CHOICE("answer", "jawaban", "approved|returned", "disahkan|dikembalikan",
           N_("What is the answer?")),
    VALUE("why", "alasan", N_("TEXT"), N_("Why?")),
    LAST,
};

static const struct option handover_options[] = {
    VALUE("to", "kepada", N_("PERSON"), N_("To whom?")),
    VALUE("why", "alasan", N_("TEXT"), N_("Why is the case handed over?")),
    CHOICE("answer", "jawaban", "accepted|declined", "diterima|ditolak", N_("What is the answer?")),
    VALUE("answer-why", "alasan-jawaban", N_("TEXT"), N_("Why not?")),
    VALUE("after", "setelah", N_("REFERENCE"), N_("After which hand-over?")),
    LAST,
};

static const struct option access_options[] = {
    CHOICE("to", "atas", "case|identity|report", "kasus|identitas|laporan", N_("What was opened?")),
    VALUE("why", "alasan", N_("TEXT"), N_("Why?")),
    VALUE("until", "sampai", N_("NUMBER"), N_("Until when?")),
    CHOICE("glass", "darurat", "no|yes", "tidak|ya", N_("In an emergency?")),
    CHOICE("as", "sebagai", "supervisor|co-worker|adviser|none",
           "penyelia|rekan-kerja|penasihat|tidak-ada",
           N_("Which duty: supervisor, co-worker, adviser or none?")),
    LAST,
};

static const struct option identity_options[] = {
    VALUE("name", "nama", N_("TEXT"), N_("What is the client's name?")),
    VALUE("nickname", "panggilan", N_("TEXT"), N_("What is the client called?")),
    VALUE("born-on", "lahir-pada", N_("DATE"), N_("On which day was the client born?")),
    VALUE("born-in", "lahir-di", N_("TEXT"), N_("Where was the client born?")),
    VALUE("national-id", "nik", N_("TEXT"), N_("Which NIK?")),
    VALUE("address", "alamat", N_("TEXT"), N_("Which address?")),
    VALUE("village", "desa", N_("CODE"), N_("Which village? Its code, such as 32.73.04.1002.")),
    VALUE("school", "sekolah", N_("TEXT"), N_("Which school, by its name?")),
    VALUE("telephone", "telepon", N_("TEXT"), N_("Which telephone?")),
    VALUE("face", "ciri", N_("TEXT"), N_("How can the client be recognised?")),
    LAST,
};

static const struct option relative_options[] = {
    FIRST("name", "nama", N_("TEXT"), N_("What is the relative's name?")),
    FIRST("relation", "hubungan", N_("TEXT"), N_("What is that person to the client?")),
    VALUE("address", "alamat", N_("TEXT"), N_("Which address?")),
    VALUE("telephone", "telepon", N_("TEXT"), N_("Which telephone?")),
    VALUE("national-id", "nik", N_("TEXT"), N_("Which NIK?")),
    VALUE("note", "keterangan", N_("TEXT"), N_("Anything to add?")),
    LAST,
};

static const struct option request_options[] = {
    FIRST("to", "kepada", N_("PERSON"), N_("Who is asked?")),
    FIRST("case", "kasus", N_("CODE"), N_("Which case? Its code, such as 3273-26-K7QD.")),
    FIRST("why", "alasan", N_("TEXT"), N_("Why do you need it?")),
    VALUE("declined-why", "alasan-tolak", N_("TEXT"), N_("Why not?")),
    LAST,
};

/* ---- Forms ---- */

static const struct form_words all[] = {
    { FORM_FACTS, N_("Facts"), "data", facts_options },
    { FORM_CONTRACT, N_("Contract"), "kontrak", contract_options },
    { FORM_PROBLEM, N_("Problem"), "masalah", problem_options },
    { FORM_NEED, N_("Need"), "kebutuhan", need_options },
    { FORM_STRENGTH, N_("Strength"), "kekuatan", strength_options },
    { FORM_RESOURCE, N_("Local resource"), "potensi", resource_options },
    { FORM_CHILD_VIEW, N_("The child's own view"), "pandangan-anak", child_view_options },
    { FORM_FAMILY_VIEW, N_("The family's own view"), "pandangan-keluarga", family_view_options },
    { FORM_ASSESSMENT, N_("Assessment"), "asesmen", assessment_options },
    { FORM_RISK, N_("Risk"), "risiko", risk_options },
    { FORM_ANNEX_STREET, N_("Street annex"), "lampiran-jalanan", annex_street_options },
    { FORM_ANNEX_DISABILITY, N_("Disability annex"), "lampiran-disabilitas",
      annex_disability_options },
    { FORM_ANNEX_PROTECTION, N_("Protection annex"), "lampiran-perlindungan",
      annex_protection_options },
    { FORM_ANNEX_LAW, N_("Law annex"), "lampiran-hukum", annex_law_options },
    { FORM_ANNEX_INFANT, N_("Infant annex"), "lampiran-balita", annex_infant_options },
    { FORM_GOAL, N_("Goal"), "tujuan", goal_options },
    { FORM_STEP, N_("Step"), "langkah", step_options },
    { FORM_SERVICE, N_("Service"), "layanan", service_options },
    { FORM_FAMILY, N_("Family"), "keluarga", family_options },
    { FORM_SUPPORT, N_("Support"), "dukungan", support_options },
    { FORM_PARTNER, N_("Partner agency"), "mitra", partner_options },
    { FORM_EVALUATION, N_("Evaluation"), "evaluasi", evaluation_options },
    { FORM_ENDING, N_("Ending"), "pengakhiran", ending_options },
    { FORM_AFTERCARE, N_("After-care"), "bimbingan-lanjut", aftercare_options },
    { FORM_DUTY, N_("Duty"), "tugas", duty_options },
    { FORM_STAGE, N_("Stage"), "tahap", stage_options },
    { FORM_CONSENT, N_("Consent"), "izin", consent_options },
    { FORM_APPROVAL, N_("Approval"), "pengesahan", approval_options },
    { FORM_COMMENT, N_("Comment"), "komentar", comment_options },
    { FORM_FLAG, N_("Flag"), "tanda", flag_options },
    { FORM_ACCESS, N_("Opening"), "pembukaan", access_options },
    { FORM_HANDOVER, N_("Hand-over"), "serah-terima", handover_options },
    { FORM_IDENTITY, N_("Identity"), "identitas", identity_options },
    { FORM_RELATIVE, N_("Relative"), "kerabat", relative_options },
    { FORM_REQUEST, N_("Request"), "permintaan", request_options },
};

enum { ALL_COUNT = sizeof all / sizeof all[0] };

const struct form_words *form_words(enum form form) {
    for (size_t i = 0; i < ALL_COUNT; i++) {
        if (all[i].form == form) {
            return &all[i];
        }
    }
    return NULL;
}

/* ---- Names ---- */

/* Letter case is folded; a blank is a hyphen. */
static bool is_called(const char *name, struct span typed) {
    if (strlen(name) != typed.len) {
        return false;
    }
    for (size_t i = 0; i < typed.len; i++) {
        const int byte = typed.data[i] == ' ' ? '-' : tolower(typed.data[i]);
        if (byte != (name[i] == ' ' ? '-' : name[i])) {
            return false;
        }
    }
    return true;
}

const struct form_row *form_named(struct span typed) {
    for (size_t i = 0; i < ALL_COUNT; i++) {
        const struct form_row *row = form_find((uint64_t)all[i].form);
        if (is_called(row->name, typed) || is_called(all[i].typed_id, typed)) {
            return row;
        }
    }
    return NULL;
}

static const struct option *option_of(enum form form, const struct field *field) {
    const struct option *option = form_words(form)->options;

    while (option->name != NULL && strcmp(option->name, field->name) != 0) {
        option++;
    }
    return option->name == NULL ? NULL : option;
}

const struct field *form_field_typed(enum form form, struct span typed) {
    const struct form_row *row = form_find((uint64_t)form);

    for (const struct option *at = form_words(form)->options; at->name != NULL; at++) {
        if (is_called(at->name, typed) || is_called(at->name_id, typed)) {
            return form_field_name(row, span_text(at->name));
        }
    }
    return NULL;
}

void form_field_shown(enum form form, const struct field *field, enum language language,
                      char out[static FIELD_SHOWN_BYTES]) {
    const struct option *option = option_of(form, field);

    (void)snprintf(out, FIELD_SHOWN_BYTES, "%s",
                   option == NULL ? field->name : option_name(option, language));
    for (char *byte = strchr(out, '-'); byte != NULL; byte = strchr(byte, '-')) {
        *byte = ' ';
    }
    out[0] = (char)toupper((unsigned char)out[0]);
}

/* ---- Choices ---- */

/* Word number `index` of "low|medium|high". */
static struct span word_at(const char *words, uint64_t index) {
    for (; index > 0 && *words != '\0'; index--) {
        words += strcspn(words, "|");
        words += *words == '|' ? 1 : 0;
    }
    return span_of(words, strcspn(words, "|"));
}

struct span form_choice_shown(enum form form, const struct field *field, uint64_t index,
                              enum language language) {
    const struct option *option = option_of(form, field);

    if (option != NULL && option->choices_id != NULL && language == LANGUAGE_INDONESIAN) {
        return word_at(option->choices_id, index);
    }
    return span_text(field->choices[index]);
}

int form_choice_typed(enum form form, const struct field *field, struct span typed) {
    const struct option *option = option_of(form, field);
    const size_t count = field_choice_count(field);

    for (size_t i = 0; i < count; i++) {
        const struct span word_id = option != NULL && option->choices_id != NULL
                                        ? word_at(option->choices_id, i)
                                        : (struct span) { 0 };
        if (is_called(field->choices[i], typed) ||
            (word_id.len == typed.len &&
             strncasecmp((const char *)word_id.data, (const char *)typed.data, typed.len) == 0)) {
            return (int)i;
        }
    }
    return -1;
}
