#include "src/crypto/key_store.h"

#include "src/crypto/errors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace huiqiao::crypto {

namespace {

constexpr std::size_t kLongestName = 40;
constexpr std::size_t kLongestFile = std::size_t{64} * 1024;  // bytes
constexpr std::chrono::days kCertificateLife{3652};
constexpr std::size_t kBlindIndexKeyBytes = 32;

class Descriptor {
 public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const { return number_; }

 private:
    int number_;
};

Error unusable(const std::filesystem::path& path, std::string reason) {
    return Error(kKeyFileUnusable, {{"file", path.filename().string()}, {"reason", std::move(reason)}});
}

std::string last_reason() {
    return std::system_category().message(errno);
}

bool is_there(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

Result<Bytes> read_all(const Descriptor& file, const std::filesystem::path& path) {
    Bytes content;
    std::array<std::uint8_t, 4096> part{};
    for (;;) {
        const ssize_t got = ::read(file.get(), part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unusable(path, last_reason());
        if (got == 0) return content;
        content.insert(content.end(), part.begin(), part.begin() + got);
        if (content.size() > kLongestFile) return unusable(path, "longer than 64 KiB");
    }
}

std::string_view text_of(const Secret& secret) {
    const auto bytes = secret.reveal();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view without_line_end(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

std::string draw_key_id(Random& random) {
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::string id;
    for (int i = 0; i < 8; ++i) id.push_back(kAlphabet[random.below(kAlphabet.size())]);
    return id;
}

/// "key_id cipher hex"; false where the line is anything else or names an id again.
bool add_ring_line(KeyRing& ring, std::vector<std::string>& seen, std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) return false;
    const std::string_view key_id = line.substr(0, first);
    const auto cipher = seal_cipher_from_text(line.substr(first + 1, second - first - 1));
    auto key = from_hex(line.substr(second + 1));
    if (!cipher || !key || key->size() != key_length(*cipher) || key_id.size() != 8 ||
        std::find(seen.begin(), seen.end(), key_id) != seen.end()) {
        return false;
    }
    const bool plain_id = std::all_of(key_id.begin(), key_id.end(),
                                      [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
    if (!plain_id) return false;
    seen.emplace_back(key_id);
    ring.add(key_id, *cipher, Secret(std::move(*key)));
    return true;
}

}  // namespace

std::filesystem::path KeyStore::path_of(std::string_view name, std::string_view extension) const {
    const bool good = !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!good) throw LogicError("a key's name is not lower snake case: " + std::string(name));
    return directory_ / (std::string(name) + std::string(extension));
}

Result<Secret> KeyStore::read_private(const std::filesystem::path& path) const {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return unusable(path, last_reason());
    struct stat state {};
    if (::fstat(file.get(), &state) != 0) return unusable(path, last_reason());
    if ((state.st_mode & (S_IRWXG | S_IRWXO)) != 0) return unusable(path, "others than its owner may open it");
    auto content = read_all(file, path);
    if (!content) return content.error();
    return Secret(std::move(content).value());
}

bool KeyStore::may_create(const std::filesystem::path& path) const {
    return missing_ == MissingKeys::Create && !is_there(path);
}

// Written whole under another name and then linked to its own: nobody reads half a key, and of two processes that
// create at once the second finds the first one's key and uses that.
Status KeyStore::write_once(const std::filesystem::path& path, std::span<const std::uint8_t> content) {
    std::error_code fault;
    if (!is_there(directory_)) {
        std::filesystem::create_directories(directory_, fault);
        if (!fault) std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, fault);
        if (fault) return unusable(directory_, fault.message());
    }
    std::array<std::uint8_t, 8> drawn{};
    random_.fill(drawn);
    const std::filesystem::path half = path.string() + "." + std::to_string(::getpid()) + hex(drawn);
    {
        const Descriptor file(::open(half.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
        if (file.get() < 0) return unusable(path, last_reason());
        std::span<const std::uint8_t> rest = content;
        while (!rest.empty()) {
            const ssize_t put = ::write(file.get(), rest.data(), rest.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) {
                const std::string reason = last_reason();
                ::unlink(half.c_str());
                return unusable(path, reason);
            }
            rest = rest.subspan(static_cast<std::size_t>(put));
        }
        if (::fsync(file.get()) != 0) {
            const std::string reason = last_reason();
            ::unlink(half.c_str());
            return unusable(path, reason);
        }
    }
    const bool linked = ::link(half.c_str(), path.c_str()) == 0 || errno == EEXIST;
    const std::string reason = linked ? "" : last_reason();
    ::unlink(half.c_str());
    if (!linked) return unusable(path, reason);
    const Descriptor folder(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0 || ::fsync(folder.get()) != 0) return unusable(directory_, last_reason());
    return Done{};
}

Result<SigningKey> KeyStore::signing_key(std::string_view name, SignatureAlgorithm algorithm) {
    const auto path = path_of(name, ".key");
    if (may_create(path)) {
        const bool rsa = algorithm == SignatureAlgorithm::RsaSha1 || algorithm == SignatureAlgorithm::RsaSha256;
        const SigningKey made = rsa ? SigningKey::generate_rsa(algorithm) : SigningKey::generate(algorithm, random_);
        const Secret pem = made.pem();
        if (const Status kept = write_once(path, pem.reveal()); !kept) return kept.error();
    }
    const auto content = read_private(path);
    if (!content) return content.error();
    auto key = SigningKey::from_pem(algorithm, text_of(*content));
    if (!key) return unusable(path, "no " + std::string(to_text(algorithm)) + " key in PEM");
    return key;
}

Result<VerifyKey> KeyStore::verify_key(std::string_view name, SignatureAlgorithm algorithm) {
    const auto path = path_of(name, ".pub");
    if (!is_there(path)) {
        const auto own = path_of(name, ".key");
        if (!is_there(own)) return unusable(path, "it is absent");
        const auto content = read_private(own);
        if (!content) return content.error();
        const auto key = SigningKey::from_pem(algorithm, text_of(*content));
        if (!key) return unusable(own, "no " + std::string(to_text(algorithm)) + " key in PEM");
        return key->verify_key();
    }
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return unusable(path, last_reason());
    const auto content = read_all(file, path);
    if (!content) return content.error();
    auto key = VerifyKey::from_pem(algorithm, to_string(*content));
    if (!key) return unusable(path, "no " + std::string(to_text(algorithm)) + " public key in PEM");
    return key;
}

Result<Certificate> KeyStore::certificate(std::string_view name, const SigningKey& key, std::string_view subject_name,
                                          Instant now) {
    const auto path = path_of(name, ".crt");
    if (may_create(path)) {
        // SHA-1 serves only where customs' message demands it, so the certificate is signed with SHA-256.
        const SignatureAlgorithm algorithm =
            key.algorithm() == SignatureAlgorithm::RsaSha1 ? SignatureAlgorithm::RsaSha256 : key.algorithm();
        const Secret pem = key.pem();
        const SigningKey issuer = SigningKey::from_pem(algorithm, text_of(pem)).value();
        const Certificate made = issue_certificate({.subject_name = std::string(subject_name),
                                                    .issuer_name = std::string(subject_name),
                                                    .serial = draw_serial(random_),
                                                    .not_before = now,
                                                    .not_after = now + kCertificateLife},
                                                   key.verify_key(), issuer);
        if (const Status kept = write_once(path, as_bytes(made.pem())); !kept) return kept.error();
    }
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return unusable(path, last_reason());
    const auto content = read_all(file, path);
    if (!content) return content.error();
    auto certificate = Certificate::from_pem(to_string(*content));
    if (!certificate) return unusable(path, "no certificate in PEM");
    const auto certified = certificate->key(key.algorithm());
    if (!certified || certified->der() != key.verify_key().der()) return unusable(path, "it certifies another key");
    return certificate;
}

Result<Secret> KeyStore::secret(std::string_view name, std::size_t length_bytes) {
    const auto path = path_of(name, ".key");
    if (may_create(path)) {
        Bytes drawn(length_bytes);
        random_.fill(drawn);
        const Secret fresh(std::move(drawn));
        const Secret line(hex(fresh.reveal()) + "\n");
        if (const Status kept = write_once(path, line.reveal()); !kept) return kept.error();
    }
    const auto content = read_private(path);
    if (!content) return content.error();
    auto bytes = from_hex(without_line_end(text_of(*content)));
    if (!bytes || bytes->size() != length_bytes) return unusable(path, "not the expected number of bytes in hex");
    return Secret(std::move(*bytes));
}

Result<KeyRing> KeyStore::key_ring(std::string_view name, SealCipher cipher_of_a_new_one) {
    const auto path = path_of(name, ".ring");
    if (may_create(path)) {
        Bytes drawn(key_length(cipher_of_a_new_one));
        random_.fill(drawn);
        const Secret fresh(std::move(drawn));
        const Secret line(draw_key_id(random_) + " " + std::string(to_text(cipher_of_a_new_one)) + " " +
                          hex(fresh.reveal()) + "\n");
        if (const Status kept = write_once(path, line.reveal()); !kept) return kept.error();
    }
    const auto content = read_private(path);
    if (!content) return content.error();
    KeyRing ring;
    std::vector<std::string> seen;
    std::string_view rest = text_of(*content);
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = without_line_end(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (line.empty()) continue;
        if (!add_ring_line(ring, seen, line)) return unusable(path, "a line is not \"key_id cipher hex\"");
    }
    if (ring.empty()) return unusable(path, "no key in it");
    return ring;
}

Result<InstitutionKeys> load_institution_keys(KeyStore& store, std::string_view institution_name, Instant now,
                                              SealCipher cipher_of_a_new_ring) {
    auto answers = store.signing_key("answers", SignatureAlgorithm::Ed25519);
    if (!answers) return answers.error();
    auto anchors = store.signing_key("anchors", SignatureAlgorithm::Ed25519);
    if (!anchors) return anchors.error();
    auto rsa = store.signing_key("customs_rsa", SignatureAlgorithm::RsaSha1);
    if (!rsa) return rsa.error();
    auto rsa_certificate = store.certificate("customs_rsa", *rsa, institution_name, now);
    if (!rsa_certificate) return rsa_certificate.error();
    auto sm2 = store.signing_key("customs_sm2", SignatureAlgorithm::Sm2Sm3);
    if (!sm2) return sm2.error();
    auto sm2_certificate = store.certificate("customs_sm2", *sm2, institution_name, now);
    if (!sm2_certificate) return sm2_certificate.error();
    auto sealing = store.key_ring("sealing", cipher_of_a_new_ring);
    if (!sealing) return sealing.error();
    auto blind_index = store.secret("blind_index", kBlindIndexKeyBytes);
    if (!blind_index) return blind_index.error();
    return InstitutionKeys{.answers = std::move(answers).value(),
                           .anchors = std::move(anchors).value(),
                           .customs_rsa = std::move(rsa).value(),
                           .customs_rsa_certificate = std::move(rsa_certificate).value(),
                           .customs_sm2 = std::move(sm2).value(),
                           .customs_sm2_certificate = std::move(sm2_certificate).value(),
                           .sealing = std::move(sealing).value(),
                           .blind_index = std::move(blind_index).value()};
}

}  // namespace huiqiao::crypto
