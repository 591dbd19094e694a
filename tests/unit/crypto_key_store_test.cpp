#include <doctest/doctest.h>

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "src/crypto/key_store.h"
#include "src/crypto/system_random.h"

using namespace huiqiao;
using namespace huiqiao::crypto;

namespace {

class FreshFolder {
 public:
    FreshFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "huiqiao-keys-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    FreshFolder(const FreshFolder&) = delete;
    FreshFolder& operator=(const FreshFolder&) = delete;
    ~FreshFolder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::filesystem::path keys() const { return path_ / "keys"; }

 private:
    std::filesystem::path path_;
};

unsigned mode_of(const std::filesystem::path& path) {
    struct stat state {};
    REQUIRE(::stat(path.c_str(), &state) == 0);
    return state.st_mode & 07777U;
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

const Instant kNow = from_us(1'760'000'000'000'000);

}  // namespace

TEST_CASE("the institution's keys are made once, kept with mode 0600, and found again") {
    const FreshFolder folder;
    SystemRandom random;
    std::string answers;
    std::string sealed;
    const SealPlace place{"person", "per_1", "name"};
    {
        KeyStore store(folder.keys(), MissingKeys::Create, random);
        auto loaded = load_institution_keys(store, "测试支付有限公司", kNow);
        REQUIRE(loaded);
        InstitutionKeys keys = std::move(loaded).value();
        answers = keys.answers.verify_key().fingerprint();
        CHECK(keys.customs_rsa.algorithm() == SignatureAlgorithm::RsaSha1);
        CHECK(keys.customs_sm2_certificate.subject_name() == "测试支付有限公司");
        CHECK(keys.customs_sm2_certificate.is_signed_by("测试支付有限公司", keys.customs_sm2.verify_key()));
        CHECK(keys.customs_rsa_certificate.is_valid_at(kNow + std::chrono::days(3650)));
        CHECK(keys.blind_index.reveal().size() == 32);
        sealed = Sealer(std::move(keys.sealing), random).seal(place, "value");
    }
    CHECK(mode_of(folder.keys()) == 0700);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.keys())) {
        CHECK(mode_of(entry.path()) == 0600);
        ++files;
    }
    CHECK(files == 8);

    KeyStore again(folder.keys(), MissingKeys::Refuse, random);
    InstitutionKeys keys = load_institution_keys(again, "测试支付有限公司", kNow).value();
    CHECK(keys.answers.verify_key().fingerprint() == answers);
    CHECK(Sealer(std::move(keys.sealing), random).open(place, sealed).value() == "value");
}

TEST_CASE("an absent key is an error where keys are brought, not made") {
    const FreshFolder folder;
    SeededRandom random(1);
    KeyStore store(folder.keys(), MissingKeys::Refuse, random);
    CHECK(store.signing_key("answers", SignatureAlgorithm::Ed25519).error().code->text == "key_file_unusable");
    CHECK_FALSE(store.secret("blind_index", 32));
    CHECK_FALSE(store.key_ring("sealing", SealCipher::Sm4Gcm));
    CHECK_FALSE(std::filesystem::exists(folder.keys()));
}

TEST_CASE("a private file that others may read is refused") {
    const FreshFolder folder;
    SeededRandom random(1);
    KeyStore store(folder.keys(), MissingKeys::Create, random);
    REQUIRE(store.signing_key("answers", SignatureAlgorithm::Ed25519));
    std::filesystem::permissions(folder.keys() / "answers.key", std::filesystem::perms::group_read,
                                 std::filesystem::perm_options::add);
    CHECK_FALSE(store.signing_key("answers", SignatureAlgorithm::Ed25519));
    CHECK_FALSE(store.verify_key("answers", SignatureAlgorithm::Ed25519));
}

TEST_CASE("damaged files and keys of another kind are refused, not replaced") {
    const FreshFolder folder;
    SeededRandom random(1);
    KeyStore store(folder.keys(), MissingKeys::Create, random);
    REQUIRE(store.signing_key("answers", SignatureAlgorithm::Ed25519));
    CHECK_FALSE(store.signing_key("answers", SignatureAlgorithm::Sm2Sm3));
    write_file(folder.keys() / "secret.key", "00ff\n");
    CHECK(store.secret("secret", 2));
    CHECK_FALSE(store.secret("secret", 3));
    for (const char* bad : {"", "\n", "key00001 aes_256_gcm 00\n", "key00001 rot13 0011\n",
                            "KEY00001 sm4_gcm 00112233445566778899aabbccddeeff\n",
                            "key00001 sm4_gcm 00112233445566778899aabbccddeeff\n"
                            "key00001 sm4_gcm 00112233445566778899aabbccddeeff\n"}) {
        CAPTURE(bad);
        write_file(folder.keys() / "sealing.ring", bad);
        CHECK_FALSE(store.key_ring("sealing", SealCipher::Sm4Gcm));
    }
    const auto mine = store.signing_key("mine", SignatureAlgorithm::Sm2Sm3);
    const auto other = store.signing_key("other", SignatureAlgorithm::Sm2Sm3);
    REQUIRE(store.certificate("mine", *mine, "m", kNow));
    CHECK_FALSE(store.certificate("mine", *other, "m", kNow));
    CHECK_THROWS_AS((void)store.secret("../secret", 2), LogicError);
}

TEST_CASE("an appended ring line seals from then on, and older lines still open") {
    const FreshFolder folder;
    SeededRandom random(1);
    KeyStore store(folder.keys(), MissingKeys::Create, random);
    const SealPlace place{"person", "per_1", "name"};
    const std::string old_text =
        Sealer(store.key_ring("sealing", SealCipher::Aes256Gcm).value(), random).seal(place, "v");
    std::ofstream(folder.keys() / "sealing.ring", std::ios::app)
        << "second01 sm4_gcm 00112233445566778899aabbccddeeff\n";
    const Sealer sealer(store.key_ring("sealing", SealCipher::Aes256Gcm).value(), random);
    CHECK(sealer.open(place, old_text).value() == "v");
    CHECK_FALSE(sealer.is_current(old_text));
    CHECK(sealer.is_current(sealer.seal(place, "v")));
}

TEST_CASE("stores that start together end with one and the same key") {
    const FreshFolder folder;
    std::vector<std::string> found(6);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < found.size(); ++i) {
        threads.emplace_back([&folder, &found, i] {
            SystemRandom random;
            KeyStore store(folder.keys(), MissingKeys::Create, random);
            const auto key = store.signing_key("answers", SignatureAlgorithm::Ed25519);
            if (key) found[i] = key->verify_key().fingerprint();
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& fingerprint : found) {
        CHECK_FALSE(fingerprint.empty());
        CHECK(fingerprint == found.front());
    }
    CHECK(std::distance(std::filesystem::directory_iterator(folder.keys()), {}) == 1);
}

TEST_CASE("the public half is read from its own file first") {
    const FreshFolder folder;
    SeededRandom random(1);
    KeyStore store(folder.keys(), MissingKeys::Create, random);
    const auto own = store.signing_key("bank", SignatureAlgorithm::Ed25519);
    CHECK(store.verify_key("bank", SignatureAlgorithm::Ed25519).value().der() == own->verify_key().der());
    const auto brought = SigningKey::generate(SignatureAlgorithm::Ed25519, random).verify_key();
    write_file(folder.keys() / "bank.pub", brought.pem());
    CHECK(store.verify_key("bank", SignatureAlgorithm::Ed25519).value().der() == brought.der());
    CHECK_FALSE(store.verify_key("nobody", SignatureAlgorithm::Ed25519));
}
