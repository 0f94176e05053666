/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/words.h"

#include <assert.h>

enum { WORD_LETTERS_MIN = 4 }; /* enough to tell any two words apart */

/* In alphabetical order, which words_find leans on.  Left out: names of persons, words for
 * violence, illness and crime, and the nearer of two words that differ in one letter, as far as
 * 2,048 plain words allow. */
static const char words[WORDS_COUNT][WORD_LETTERS_MAX + 1] = {
    /* clang-format off */
    "abadi", "abai", "abjad", "absen", "abstrak", "acak", "acara", "acuan", "acung", "adab",
    "adalah", "adaptasi", "adat", "adegan", "adik", "adil", "adinda", "adonan", "adukan", "agar",
    "agen", "agraria", "agustus", "ahli", "ajaib", "ajakan", "ajang", "ajaran", "akad", "akasia",
    "akhir", "akibat", "akrab", "aksara", "aksen", "aksi", "aktif", "aktor", "aktris", "aktual",
    "akuarium", "akun", "akurat", "alamat", "alarm", "alat", "album", "alfabet", "alih", "aliran",
    "alis", "aljabar", "alkisah", "almanak", "alokasi", "alpukat", "alumni", "alun", "alur", "aman",
    "ambang", "ambil", "ampas", "ampere", "amplop", "ampuh", "anak", "analog", "ancang", "andal",
    "andong", "aneh", "aneka", "anggrek", "angin", "angsa", "animasi", "anjungan", "anoa", "antar",
    "antena", "anting", "antologi", "antre", "antusias", "anugerah", "anyaman", "apabila", "apakah",
    "apalagi", "apel", "apik", "aplikasi", "apotek", "apung", "arah", "arca", "area", "argumen",
    "arisan", "arloji", "aroma", "arsip", "artikel", "arus", "asam", "asas", "asbak", "asing",
    "asisten", "asli", "asmara", "aspal", "asrama", "astaga", "asuh", "asumsi", "asupan",
    "asuransi", "asyik", "atap", "atau", "atlas", "atlet", "atom", "atraksi", "aturan", "audio",
    "aula", "aurora", "autentik", "awal", "awas", "awet", "ayah", "ayunan", "babak", "baca",
    "badan", "badut", "bagan", "bagi", "bagus", "bahasa", "bahkan", "bahwa", "baik", "baju",
    "bakat", "bakiak", "bakmi", "bakpao", "bakso", "bakul", "balai", "balik", "balon", "balsam",
    "balut", "bambu", "banding", "bangku", "banjar", "bank", "bantal", "banyak", "bapak", "barong",
    "barter", "baru", "basah", "basis", "baskom", "basuh", "batang", "batok", "batu", "bawang",
    "bayam", "bayi", "bazar", "bebas", "bebek", "becak", "bedak", "begini", "bekal", "bekerja",
    "bekicot", "beku", "belajar", "beli", "belok", "belum", "benang", "bendera", "bengkel", "benih",
    "bensin", "benteng", "benua", "berbagi", "bercanda", "berdiri", "berenang", "bergerak",
    "berhasil", "berita", "berjalan", "berkas", "berlari", "bermain", "bernapas", "berobat",
    "berpikir", "bersih", "bertemu", "berubah", "berwarna", "besar", "besi", "besok", "besuk",
    "betah", "betis", "beton", "betul", "biarkan", "biasa", "biaya", "bibir", "bicara", "bidang",
    "biduk", "bijak", "biji", "bikin", "bilang", "bimbing", "binatang", "bincang", "bingkai",
    "bintang", "biola", "bioskop", "biro", "biru", "bisa", "biskuit", "bisnis", "bison", "bistik",
    "blangkon", "blok", "blus", "bobot", "bocah", "bocor", "boga", "bohlam", "boleh", "boling",
    "bolu", "boneka", "bonsai", "bonus", "bordir", "botani", "botol", "brokoli", "brosur", "buah",
    "buat", "bubur", "budaya", "bufet", "bugar", "buih", "bukan", "bukit", "bukti", "buku", "bulan",
    "bulir", "bumbu", "bumi", "buncis", "bundar", "bunga", "buntut", "bunyi", "buram", "bursa",
    "burung", "busur", "butik", "butuh", "buyung", "cabang", "cabik", "cabut", "cahaya", "cair",
    "cakap", "cakram", "calon", "camar", "camilan", "campur", "canda", "canggih", "cantik", "capai",
    "capung", "cara", "catatan", "catur", "cawan", "cegah", "ceker", "cekung", "celemek", "celoteh",
    "celup", "cemara", "cendana", "cengkih", "centong", "cepat", "cerdas", "cerita", "cermin",
    "cerna", "cerpen", "cetak", "cetus", "cicak", "cicip", "cikal", "cilok", "cincin", "cinta",
    "cipta", "ciri", "citra", "ciut", "coba", "cobek", "cocok", "cokelat", "comot", "congklak",
    "contoh", "copot", "corak", "coret", "corong", "cuaca", "cubit", "cucu", "cukup", "cuma",
    "cuping", "cuplik", "curah", "cuti", "daerah", "daftar", "dagang", "daging", "dagu", "dahan",
    "dahi", "dahulu", "dalam", "damai", "dampak", "danau", "dandan", "dangdut", "dansa", "dapat",
    "dapur", "darat", "dasar", "dasi", "datuk", "daun", "dawet", "daya", "dayung", "debit", "debu",
    "definisi", "degup", "dekat", "dekor", "delapan", "delima", "delman", "delta", "demi", "dempul",
    "denah", "dengar", "dentang", "depan", "deposit", "deras", "deret", "dering", "dermaga", "desa",
    "desember", "desir", "detail", "detik", "dewan", "diagram", "dialog", "diam", "didik", "diet",
    "digital", "dikte", "dimensi", "dinas", "dinding", "dingin", "dipan", "direksi", "diri",
    "disiplin", "diskon", "dodol", "dokar", "dokter", "dokumen", "domba", "domino", "dompet",
    "donat", "dongeng", "dorong", "dosen", "drama", "drum", "duduk", "duit", "dukung", "dunia",
    "duplikat", "durasi", "durian", "duta", "ecer", "edar", "edisi", "editor", "efek", "efisien",
    "egois", "ejaan", "ekologi", "ekonomi", "ekor", "ekspor", "ekstra", "ekuator", "elang",
    "elastis", "elegan", "elektrik", "elemen", "elips", "elus", "email", "emas", "ember", "embun",
    "emosi", "empat", "emping", "empuk", "enak", "enam", "encer", "endap", "energi", "enggan",
    "engkau", "engsel", "entah", "enteng", "episode", "erat", "esai", "esok", "etalase", "etika",
    "etnik", "etos", "evaluasi", "faedah", "fakta", "famili", "fantasi", "farmasi", "fase", "fasih",
    "fauna", "favorit", "februari", "festival", "fiksi", "filateli", "film", "final", "firma",
    "fisik", "fitur", "flamingo", "flanel", "flora", "fokus", "folder", "fondasi", "formulir",
    "forum", "fosil", "foto", "frasa", "fungsi", "furnitur", "gabung", "gading", "gado", "gagah",
    "gajah", "gaji", "galah", "galeri", "gali", "gambar", "gamelan", "gampang", "ganda", "ganggang",
    "ganjil", "ganti", "gapura", "garam", "garis", "garpu", "garuk", "gatal", "gaul", "gawai",
    "gaya", "gebyar", "gedung", "gegas", "gelas", "geleng", "gelora", "gema", "gembira", "gemilang",
    "gempita", "gemuk", "genap", "gendang", "genggam", "geografi", "geologi", "gerabah", "gerbang",
    "gergaji", "gerimis", "gerobak", "geser", "gesit", "getah", "getuk", "giat", "gigi", "giling",
    "gincu", "ginseng", "girang", "gitar", "gizi", "global", "golek", "golong", "gondola", "gorden",
    "goreng", "gosok", "goyang", "grafik", "gram", "granit", "gratis", "grosir", "grup", "gubah",
    "gubuk", "guci", "gudang", "gudeg", "gugus", "gula", "gulung", "gumpal", "guna", "guncang",
    "gundu", "gunting", "gunung", "gurami", "gurih", "guru", "gusi", "habis", "hadap", "hadiah",
    "hafal", "halaman", "halte", "halus", "hambar", "hampir", "handuk", "hangat", "hantar", "hanya",
    "hapus", "harap", "harga", "hari", "harmoni", "harpa", "harum", "hasil", "hasrat", "hati",
    "hawa", "hebat", "heboh", "hektare", "helai", "helm", "hemat", "hendak", "hening", "henti",
    "heran", "herba", "hewan", "hiasan", "hibah", "hiburan", "hidup", "higienis", "hijau",
    "hikayat", "hikmah", "hilang", "hilir", "himpun", "hindar", "hinggap", "hitam", "hitung",
    "hobi", "honor", "hore", "horizon", "hormat", "hotel", "hubung", "hujan", "hulu", "huni",
    "huruf", "hutan", "ibarat", "ibunda", "ideal", "identik", "ijazah", "ikan", "ikat", "ikhlas",
    "ikhtisar", "iklan", "iklim", "ikon", "ikut", "ilalang", "ilmiah", "ilmu", "imbuh", "impian",
    "impor", "inap", "indah", "indeks", "industri", "ingat", "ingin", "ingsut", "inisial", "injak",
    "inovasi", "insan", "insinyur", "instan", "internet", "inti", "intuisi", "irama", "irigasi",
    "iringan", "iris", "irit", "isap", "isian", "isolasi", "istana", "istimewa", "isyarat", "itik",
    "iuran", "izin", "jabat", "jadi", "jadwal", "jaga", "jagung", "jahe", "jahit", "jajan", "jaket",
    "jalan", "jalur", "jamak", "jamin", "jamu", "jangkrik", "janji", "jantung", "januari", "jarak",
    "jari", "jarum", "jauh", "jawab", "jeda", "jejak", "jelas", "jeli", "jemari", "jembatan",
    "jemput", "jemur", "jenaka", "jendela", "jengkol", "jenis", "jenjang", "jenuh", "jepit",
    "jepret", "jerapah", "jernih", "jeruk", "jika", "jilid", "jinak", "jingga", "jinjing", "jitu",
    "jiwa", "jodoh", "joget", "joglo", "jolok", "jongkok", "jual", "juang", "juara", "judul",
    "juga", "jujur", "julukan", "jumat", "jumbai", "jumlah", "jumpa", "jungkat", "juni", "jurnal",
    "juru", "jutaan", "kabar", "kabel", "kabin", "kabut", "kaca", "kadang", "kado", "kagum", "kain",
    "kait", "kakak", "kakek", "kaki", "kaktus", "kaleng", "kalong", "kamar", "kambing", "kamera",
    "kamis", "kampung", "kamus", "kanan", "kancil", "kandang", "kangkung", "kantor", "kanvas",
    "kapal", "kapsul", "kapten", "kapur", "karcis", "karena", "karier", "kartu", "karung", "karya",
    "kasih", "kasur", "katun", "kaum", "kawan", "kayu", "keadaan", "keahlian", "kebaya", "kebun",
    "kecap", "kecil", "kedai", "kedelai", "kedip", "kegiatan", "kehendak", "kejap", "kejora",
    "kejut", "kekal", "kekuatan", "kelapa", "keledai", "kelinci", "kelopak", "keluarga", "kemah",
    "kembang", "kemeja", "kemiri", "kemoceng", "kemudi", "kenal", "kencang", "kendi", "kenyang",
    "keong", "kepala", "keping", "kepul", "keramik", "kerbau", "kereta", "kering", "kerja",
    "kertas", "kerupuk", "kesenian", "kesumba", "ketan", "ketel", "ketik", "ketok", "ketumbar",
    "khas", "khayal", "khusus", "kicau", "kidul", "kijang", "kilap", "kilo", "kimia", "kincir",
    "kini", "kipas", "kira", "kisah", "kita", "kiwi", "klasik", "klinik", "klub", "koala", "kobar",
    "koboi", "kode", "kodok", "koki", "kokoh", "kolam", "kolega", "kolibri", "kolom", "koma",
    "komet", "komik", "komodo", "kompas", "kondisi", "koneksi", "konser", "kontak", "konvoi",
    "koper", "kopi", "kopra", "koran", "korek", "kosakata", "kosmetik", "kosong", "kostum", "kota",
    "kotor", "kreatif", "kredit", "krim", "kristal", "kritik", "kuali", "kuartet", "kuat", "kubah",
    "kubis", "kucing", "kuda", "kuku", "kulit", "kulkas", "kultur", "kumpul", "kunci", "kuning",
    "kunjung", "kuno", "kunyit", "kuota", "kupas", "kupon", "kurang", "kurir", "kurma", "kursi",
    "kurus", "kurva", "kusir", "kusut", "kutip", "kutu", "labu", "laci", "lada", "lagu", "lain",
    "laju", "laki", "lakon", "lalap", "lalu", "lama", "lambai", "lampu", "lamun", "lancar",
    "landai", "langit", "lanjut", "lantai", "lapang", "lapis", "lapor", "larang", "lari", "larut",
    "latar", "latih", "lauk", "laut", "lawak", "lazim", "lebah", "lebih", "lebur", "lega",
    "legenda", "legit", "leher", "lekas", "lekuk", "lelah", "lele", "leluasa", "lemari", "lembar",
    "lemon", "lempung", "lengan", "lenong", "lensa", "lentera", "lepas", "lereng", "lesehan",
    "lesung", "letak", "level", "lewat", "lezat", "libur", "licin", "lidah", "lidi", "lihat",
    "lilin", "lima", "limbah", "limpah", "lincah", "lindung", "lingkar", "lintas", "liput", "lirik",
    "lisan", "listrik", "liter", "lobak", "lodeh", "logam", "logika", "logo", "lokal", "loket",
    "lolos", "lomba", "lompat", "lonceng", "longgar", "lonjong", "lontong", "lori", "lowong",
    "luap", "luar", "luas", "lubang", "lucu", "ludruk", "luhur", "lukis", "luluh", "lumayan",
    "lumpia", "lumut", "lunak", "luncur", "lupa", "lurah", "lurik", "lurus", "lusin", "lutut",
    "luwes", "maaf", "macam", "madu", "magang", "magnet", "mahal", "mahir", "main", "majalah",
    "maju", "makan", "maklum", "makmur", "makna", "maksud", "malam", "malu", "mampu", "mandi",
    "manfaat", "mangga", "manis", "mantap", "manusia", "maraton", "maret", "margarin", "marmer",
    "martabak", "masa", "masih", "maskot", "massal", "master", "masuk", "mata", "materi", "matras",
    "mawar", "mebel", "medali", "media", "meja", "mekar", "melihat", "melodi", "meluncur",
    "memasak", "membaca", "memetik", "memilih", "memotong", "mempelai", "memuji", "menara",
    "mencari", "mendung", "menemani", "mengerti", "menit", "menjahit", "menolong", "mentega",
    "menulis", "menyapu", "merah", "merdu", "merek", "merica", "meronce", "merpati", "mertua",
    "merunut", "mesin", "mesra", "mesti", "metal", "meter", "metode", "metro", "mewah", "migrasi",
    "mikro", "milik", "mimbar", "mimpi", "minat", "minggu", "miniatur", "minor", "minta", "minum",
    "minyak", "miring", "misal", "misi", "mistar", "mitra", "mobil", "modal", "model", "mohon",
    "molek", "momen", "monyet", "mosaik", "motif", "motor", "muara", "muat", "muda", "mudik",
    "muka", "mulia", "mulus", "muncul", "mundur", "mungil", "murid", "murni", "museum", "musim",
    "mutasi", "mutiara", "mutu", "naik", "nakhoda", "nalar", "naluri", "nama", "nampan", "namun",
    "nanas", "nangka", "nanti", "napas", "narasi", "nasabah", "nasi", "naskah", "natural",
    "naungan", "navigasi", "negeri", "nektar", "nelayan", "nenek", "neraca", "netral", "ngarai",
    "ngengat", "niaga", "niat", "nikah", "nikmat", "nilai", "nilon", "nipis", "niscaya", "nomor",
    "normal", "nota", "novel", "nuansa", "nuri", "nutrisi", "nyala", "nyaman", "nyanyi", "nyaring",
    "nyata", "nyenyak", "nyiur", "nyonya", "oasis", "obat", "obeng", "objek", "obor", "obras",
    "obrolan", "odol", "ojek", "oksigen", "oktober", "olah", "oles", "ombak", "omong", "omzet",
    "oncom", "ongkos", "operator", "opini", "opor", "opsi", "optik", "orang", "orbit", "organ",
    "orisinal", "orkes", "ornamen", "otak", "otomatis", "otot", "oval", "oven", "ozon", "pabrik",
    "pacu", "pada", "padi", "pagar", "pagi", "paham", "pahit", "pahlawan", "pajak", "pakai", "paku",
    "paling", "paman", "pameran", "pamit", "pamor", "panas", "pancing", "panen", "panggil",
    "panjang", "pantai", "papan", "paprika", "parade", "parfum", "parkir", "partitur", "paruh",
    "pasang", "pasir", "pasokan", "paspor", "pasta", "patah", "paten", "patok", "patri", "paus",
    "paut", "payet", "payung", "pecah", "pecel", "pedal", "pedoman", "peduli", "pegang", "pekan",
    "pekerja", "pelajar", "pelepah", "pelihara", "pelopor", "peluk", "pemain", "pembaca", "pemetik",
    "pemilik", "pemotret", "pemuda", "pena", "pencak", "pendek", "penerang", "penguin", "peniti",
    "penjual", "penolong", "pensil", "pentas", "penuh", "penyu", "pepaya", "perahu", "percaya",
    "perdana", "perenang", "pergi", "perisai", "perkutut", "perlu", "permata", "pernah", "peron",
    "persik", "pertama", "perut", "pesan", "peserta", "pesisir", "pesona", "pesta", "pesut", "peta",
    "peternak", "peti", "petuah", "piagam", "piala", "piano", "pidato", "pigmen", "pigura", "pihak",
    "piket", "pikir", "piknik", "pikul", "pilar", "pilih", "pilot", "pimpin", "pinang", "pindah",
    "pinggir", "pinjam", "pintar", "pinus", "pion", "pipa", "pipi", "piring", "pisang", "pita",
    "piton", "plafon", "planet", "plastik", "platina", "plaza", "poci", "podium", "pohon", "poin",
    "pojok", "pokok", "pola", "polos", "pompa", "pondok", "populer", "porsi", "portal", "posisi",
    "poster", "potong", "potret", "praktik", "pramuka", "prangko", "prasasti", "premis", "presisi",
    "pribadi", "prima", "prisma", "produk", "profil", "program", "promosi", "proses", "protein",
    "provinsi", "proyek", "pualam", "puas", "pucat", "pucuk", "pudar", "puding", "puisi", "puji",
    "pukat", "pulang", "pulpen", "pulsa", "puluh", "puncak", "punggung", "punya", "pupuk", "purba",
    "purnama", "pusaka", "pusing", "puspa", "pustaka", "putar", "putih", "puyuh", "raba", "racik",
    "radar", "radio", "ragam", "rahang", "raih", "raja", "rajin", "rajut", "rakit", "raksasa",
    "rakyat", "ramah", "rambut", "ramping", "ranah", "randu", "rangkai", "ranjang", "ransel",
    "rantai", "ranum", "rapat", "rapi", "rapor", "rapuh", "rasa", "ratus", "raup", "rawat", "rawon",
    "rayu", "reaksi", "rebab", "rebung", "redaksi", "redup", "regu", "rehat", "rekan", "rekening",
    "reklame", "rekreasi", "rela", "relief", "remaja", "rempah", "renang", "rencana", "renda",
    "rengkuh", "rentak", "renyah", "repot", "resah", "resep", "resik", "resmi", "resor", "respon",
    "restoran", "reuni", "revisi", "rezeki", "rias", "ribu", "rimba", "rimpang", "rinai", "rinci",
    "rindang", "ringan", "rintik", "risalah", "riset", "ritme", "riuh", "riwayat", "robek", "robot",
    "roda", "roket", "roman", "rombong", "rompi", "ronce", "rongga", "rontok", "rotan", "roti",
    "ruang", "rubrik", "rujak", "rukun", "rumah", "rumit", "rumpun", "rumus", "runcing", "runding",
    "runtut", "rupa", "rupiah", "rusa", "rusuk", "rute", "rutin", "saat", "sabar", "sabit", "sabtu",
    "sabun", "sadar", "safari", "saham", "saing", "saja", "sakelar", "saldo", "salin", "salju",
    "sama", "sambal", "sampai", "samudra", "sandal", "sangat", "sanjung", "santai", "sapaan",
    "sapi", "sapu", "saran", "sarjana", "sarung", "sasana", "sastra", "satai", "satu", "satwa",
    "saudara", "sauna", "sawah", "sawi", "sawo", "sayang", "sayur", "sebab", "sebelum", "sebuah",
    "sedan", "sedia", "sedotan", "segar", "segera", "segi", "sehat", "sejoli", "sejuk", "sekali",
    "sekejap", "sekitar", "sekolah", "sektor", "selalu", "selesai", "selimut", "selokan", "seluruh",
    "semangat", "sembilan", "semen", "semoga", "sempat", "semua", "senam", "sendok", "sengaja",
    "seni", "senja", "sensor", "sentosa", "senyum", "sepatu", "sepeda", "sepoi", "sepuluh",
    "serabi", "serbuk", "seret", "sering", "serta", "seru", "servis", "sesama", "sesuai", "setara",
    "setel", "setia", "setrika", "setuju", "sewa", "siaga", "siang", "siar", "siasat", "sibuk",
    "sidang", "sifat", "sigap", "sikap", "siku", "silau", "silsilah", "simak", "simbol", "simpan",
    "sinar", "sinema", "singkat", "sintesis", "sinyal", "siomay", "sipil", "siram", "sirene",
    "sirih", "sirkus", "sirsak", "sirup", "sisi", "sistem", "siswa", "situs", "siul", "skala",
    "skema", "sketsa", "skor", "slogan", "soal", "sobat", "sofa", "sohib", "solar", "solusi",
    "sonata", "sopan", "sopir", "soprano", "sorak", "sore", "sorong", "sosial", "soto", "spanduk",
    "spasi", "spesial", "spidol", "spiral", "spons", "sportif", "stabil", "stadion", "stasiun",
    "statis", "stempel", "stok", "strategi", "strip", "studi", "suai", "suaka", "suami", "suasana",
    "suatu", "subur", "sudah", "sudut", "sugesti", "suhu", "suka", "sukses", "sukun", "sulam",
    "suling", "sumbang", "sumpit", "sumur", "sungai", "sunting", "sunyi", "supaya", "surat",
    "suruh", "susah", "susun", "sutra", "swadaya", "swasta", "syair", "syal", "syarat", "syukur",
    "tabel", "tabib", "tabung", "tagih", "tahan", "tahu", "tajam", "tajuk", "takar", "taksi",
    "talas", "talenta", "tali", "taman", "tambah", "tampil", "tamu", "tanah", "tanda", "tangan",
    "tanjak", "tanpa", "tante", "tanya", "taplak", "taruh", "tata", "tatkala", "tawa", "tawon",
    "teater", "tebal", "tebing", "teduh", "tegak", "teguh", "tekad", "teks", "tekun", "telaga",
    "telepon", "telinga", "telur", "teman", "tembok", "tempat", "temu", "tenaga", "tenda", "tengah",
    "tenis", "tenor", "tentang", "tenun", "teori", "tepat", "tepi", "tepung", "terang", "terbang",
    "terdiri", "teriak", "terjun", "terkenal", "terlalu", "termos", "ternak", "terong", "terpal",
    "terselip", "tertawa", "terus", "tetap", "tetes", "tiang", "tiap", "tiba", "tidak", "tidur",
    "tiga", "tikar", "tiket", "timah", "timbang", "timun", "tinggi", "tipe", "tipis", "tiram",
    "tiru", "tisu", "titah", "titik", "tiup", "toko", "tolak", "toleh", "tolong", "tomat", "tombol",
    "tongkat", "tonton", "topan", "topeng", "topi", "toples", "torehan", "total", "tradisi",
    "traktor", "transit", "trem", "trik", "trompet", "tropis", "trotoar", "truk", "tuan", "tubuh",
    "tugas", "tugu", "tujuh", "tukang", "tulang", "tulis", "tumbuh", "tumis", "tumpah", "tunai",
    "tunda", "tunggu", "tunjuk", "tuntas", "tupai", "turnamen", "turun", "tuts", "tutup", "ubin",
    "ucap", "udang", "udara", "ujar", "ujian", "ujung", "ukir", "ukur", "ulang", "ulas", "ulek",
    "ulet", "umbi", "umpama", "umum", "undang", "unduh", "unggas", "ungkap", "ungu", "unik", "unit",
    "unsur", "untai", "untuk", "upacara", "upah", "upaya", "urai", "urban", "urut", "usaha",
    "usang", "usia", "usul", "usus", "utama", "utara", "utas", "utuh", "vaksin", "vakum", "valid",
    "vanila", "variasi", "vegetasi", "vektor", "verbal", "versi", "video", "vila", "virtual",
    "visual", "vitamin", "vokal", "voli", "volt", "volume", "wacana", "wadah", "wahai", "wajah",
    "wajib", "wakil", "waktu", "walau", "walet", "waluh", "wangi", "wanita", "warga", "waris",
    "warna", "warta", "warung", "wasit", "waspada", "wastafel", "watak", "wawasan", "wayang",
    "wedang", "wibawa", "wicara", "wijen", "wilayah", "wisata", "wisma", "wisuda", "wortel",
    "wujud", "yaitu", "yakin", "yakni", "yang", "yayasan", "yodium", "yoga", "yoyo", "zaitun",
    "zaman", "zamrud", "zebra", "zona",
    /* clang-format on */
};

const char *words_at(unsigned number) {
    assert(number < WORDS_COUNT);
    return words[number];
}

static uint8_t lower(uint8_t letter) {
    return (uint8_t)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

/* Below 0 if `text` comes before `word`, above 0 if after, 0 if `word` begins with it. */
static int words_compare(struct span text, const char *word) {
    for (size_t i = 0; i < text.len; i++) {
        int difference = lower(text.data[i]) - (uint8_t)word[i];
        if (word[i] == '\0') {
            return 1;
        }
        if (difference != 0) {
            return difference;
        }
    }
    return 0;
}

int words_find(struct span word) {
    unsigned low = 0;
    unsigned high = WORDS_COUNT;

    if (word.len < WORD_LETTERS_MIN || word.len > WORD_LETTERS_MAX) {
        return -1;
    }
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = words_compare(word, words[middle]);
        if (order == 0) {
            return (int)middle;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return -1;
}

/* ---- Nearly a word ---- */

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

/* Damerau's distance between neighbours ("optimal string alignment") of the first letters of `a`
 * and of `b`: cost[i][j] is that of the first i letters of the one and the first j of the other. */
struct alignment {
    unsigned cost[WORD_LETTERS_MAX + 1][WORD_LETTERS_MAX + 1];
};

static unsigned cost_of(const struct alignment *alignment, struct span a, const char *b, size_t i,
                        size_t j) {
    const unsigned(*cost)[WORD_LETTERS_MAX + 1] = alignment->cost;
    const uint8_t letter = lower(a.data[i - 1]), other = (uint8_t)b[j - 1];
    unsigned value = cost[i - 1][j - 1] + (letter == other ? 0 : 1);

    value = least(value, least(cost[i - 1][j], cost[i][j - 1]) + 1);
    if (i > 1 && j > 1 && letter == (uint8_t)b[j - 2] && lower(a.data[i - 2]) == other) {
        value = least(value, cost[i - 2][j - 2] + 1);
    }
    return value;
}

/* How far what was typed is from the nearest beginning of the word; and then from all of it. */
struct distance {
    unsigned begun, whole;
};

static struct distance distance_of(struct span typed, const char *word) {
    struct alignment alignment;
    struct distance distance = { .begun = UINT8_MAX };

    for (size_t j = 0; j == 0 || word[j - 1] != '\0'; j++) {
        alignment.cost[0][j] = (unsigned)j;
        for (size_t i = 1; i <= typed.len; i++) {
            alignment.cost[i][j] = j == 0 ? (unsigned)i : cost_of(&alignment, typed, word, i, j);
        }
        distance.whole = alignment.cost[typed.len][j];
        distance.begun = least(distance.begun, distance.whole);
    }
    return distance;
}

static bool is_nearer(struct distance a, struct distance b) {
    return a.begun != b.begun ? a.begun < b.begun : a.whole < b.whole;
}

/* Into its place from the nearest up; the farthest fall off the end. */
static size_t near_insert(struct distance *distances, const char **near, size_t count, size_t max,
                          struct distance distance, const char *word) {
    size_t place = count;

    while (place > 0 && is_nearer(distance, distances[place - 1])) {
        place--;
    }
    if (place == max) {
        return count;
    }
    count = count < max ? count + 1 : max;
    for (size_t i = count - 1; i > place; i--) {
        distances[i] = distances[i - 1];
        near[i] = near[i - 1];
    }
    distances[place] = distance;
    near[place] = word;
    return count;
}

size_t words_near(struct span typed, const char **near, size_t max) {
    assert(max <= WORDS_NEAR_MAX);
    struct distance distances[WORDS_NEAR_MAX];
    size_t count = 0;

    typed.len = typed.len < WORD_LETTERS_MAX ? typed.len : WORD_LETTERS_MAX;
    for (unsigned i = 0; typed.len > 0 && i < WORDS_COUNT; i++) {
        const struct distance distance = distance_of(typed, words[i]);
        if (distance.begun <= (typed.len + 1) / 3) {
            count = near_insert(distances, near, count, max, distance, words[i]);
        }
    }
    return count;
}

void words_write(struct writer *out, struct span bytes, unsigned count) {
    assert(count <= bytes.len * 8 / WORD_BITS);
    struct reader reader = reader_of(bytes);
    uint32_t bits = 0;
    unsigned bit_count = 0;

    for (unsigned i = 0; i < count; i++) {
        while (bit_count < WORD_BITS) {
            bits = bits << 8 | reader_u8(&reader);
            bit_count += 8;
        }
        bit_count -= WORD_BITS;
        const char *word = words_at(bits >> bit_count & (WORDS_COUNT - 1));
        if (i > 0) {
            writer_u8(out, ' ');
        }
        writer_span(out, span_text(word));
    }
}
