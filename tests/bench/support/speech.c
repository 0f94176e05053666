/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/speech.h"

#include "tests/support/random.h"

#include <stdio.h>
#include <string.h>

static const char *const roots[] = {
    "anak",     "rujuk",   "kasus",      "balai",     "dinas",   "sosial",   "kerja",   "bantu",
    "damping",  "kunjung", "rumah",      "ibu",       "ayah",    "keluarga", "sekolah", "guru",
    "kelas",    "desa",    "camat",      "kabupaten", "kota",    "polisi",   "lapor",   "saksi",
    "korban",   "aman",    "lindung",    "layan",     "periksa", "sehat",    "sakit",   "dokter",
    "obat",     "rawat",   "jiwa",       "takut",     "tenang",  "cerita",   "dengar",  "tanya",
    "jawab",    "catat",   "tulis",      "baca",      "surat",   "kirim",    "terima",  "setuju",
    "tolak",    "tunggu",  "jadwal",     "temu",      "rapat",   "hadir",    "pulang",  "pergi",
    "tinggal",  "pindah",  "asuh",       "adopsi",    "wali",    "nenek",    "kakek",   "paman",
    "tetangga", "warga",   "masyarakat", "lembaga",   "panti",   "asrama",   "uang",    "biaya",
    "makan",    "minum",   "susu",       "gizi",      "lahir",   "akta",     "kartu",   "daftar",
    "data",     "nomor",   "hukum",      "sidang",    "hakim",   "jaksa",    "putus",   "tuntut",
    "damai",    "pukul",   "luka",       "ancam",     "paksa",   "jual",     "curi",    "tangkap",
    "tahan",    "bebas",   "bimbing",    "latih",     "ajar",    "main",     "teman",   "kelompok",
    "diskusi",  "usul",    "saran",      "nilai",     "rencana", "tujuan",   "hasil",   "pantau",
    "tindak",   "lanjut",  "tutup",      "buka",      "mulai",   "selesai",  "cepat",   "lambat",
    "darurat",  "bahaya",  "besar",      "kecil",     "baik",    "buruk",    "baru",    "lama",
    "pagi",     "siang",   "malam",      "hari",      "minggu",  "bulan",    "tahun",
};
static const char *const heads[] = { "", "", "me", "di", "ber", "pe", "ter", "ke", "se", "mem" };
static const char *const tails[] = { "", "", "", "kan", "an", "i", "nya", "lah" };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { WORD_ROOM = 32 };
static char words[SPEECH_WORDS][WORD_ROOM];
static struct random random_text;

void speech_begin(uint64_t seed) {
    struct random random = { 1 };

    for (size_t i = 0; i < SPEECH_WORDS; i++) {
        const char *head = heads[random_below(&random, COUNT(heads))];
        const char *root = roots[random_below(&random, COUNT(roots))];
        const char *tail = tails[random_below(&random, COUNT(tails))];
        (void)snprintf(words[i], WORD_ROOM, "%s%s%s", head, root, tail);
    }
    random_text = (struct random) { seed };
}

const char *speech_word(size_t index) {
    return words[index % SPEECH_WORDS];
}

/* Few words are frequent, as in speech. */
static const char *word_pick(struct random *random) {
    const size_t first = random_below(random, SPEECH_WORDS),
                 second = random_below(random, first + 1);

    return words[random_below(random, second + 1)];
}

void speech_text(char *text, size_t len) {
    memset(text, ' ', len);
    for (size_t at = 0; at + WORD_ROOM < len; at++) {
        const char *word = word_pick(&random_text);
        memcpy(text + at, word, strlen(word));
        at += strlen(word);
    }
}
