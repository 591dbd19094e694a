#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <future>
#include <set>
#include <string>
#include <vector>

#include "src/crypto/hash.h"
#include "src/crypto/hash_chain.h"
#include "src/crypto/system_random.h"

using namespace huiqiao;
using namespace huiqiao::crypto;

TEST_CASE("digests agree with the published examples (FIPS 180-4, GM/T 0004, customs reference 3.2)") {
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(sm3("abc")) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    std::string sixteen_times;
    for (int i = 0; i < 16; ++i) sixteen_times += "abcd";
    CHECK(hex(sm3(sixteen_times)) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

TEST_CASE("HMAC-SHA256 agrees with RFC 4231, also under a key longer than a block") {
    CHECK(hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(hmac_sha256(Bytes(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("constant_time_equal tells equal from different") {
    CHECK(constant_time_equal(as_bytes("abc"), as_bytes("abc")));
    CHECK(constant_time_equal({}, {}));
    CHECK_FALSE(constant_time_equal(as_bytes("abc"), as_bytes("abd")));
    CHECK_FALSE(constant_time_equal(as_bytes("abc"), as_bytes("abcd")));
}

TEST_CASE("the system's random bytes fill the whole span") {
    SystemRandom random;
    // Each byte is zero in all eight draws by chance once in 2^64.
    Bytes any(64, 0);
    for (int draw = 0; draw < 8; ++draw) {
        Bytes bytes(any.size());
        random.fill(bytes);
        for (std::size_t i = 0; i < any.size(); ++i) any[i] |= bytes[i];
    }
    for (const std::uint8_t byte : any) CHECK(byte != 0);
}

TEST_CASE("no two draws of the system's random bytes are alike, by one thread, by many, or by a child process") {
    const auto draw = [] {
        SystemRandom random;
        Bytes bytes(16);
        random.fill(bytes);
        return bytes;
    };
    std::set<Bytes> drawn;
    for (int at = 0; at < 1000; ++at) drawn.insert(draw());
    std::vector<std::future<std::vector<Bytes>>> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.push_back(std::async(std::launch::async, [&draw] {
            std::vector<Bytes> own(250);
            for (Bytes& bytes : own) bytes = draw();
            return own;
        }));
    }
    for (auto& thread : threads) {
        for (Bytes& bytes : thread.get()) drawn.insert(std::move(bytes));
    }
    CHECK(drawn.size() == 2000);

    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const Bytes bytes = draw();
        ::_exit(::write(pipe[1], bytes.data(), bytes.size()) == 16 ? 0 : 1);
    }
    const Bytes ours = draw();
    Bytes of_child(16);
    CHECK(::read(pipe[0], of_child.data(), of_child.size()) == 16);
    ::waitpid(child, nullptr, 0);
    for (const int end : pipe) ::close(end);
    CHECK(ours != of_child);
    CHECK(drawn.insert(of_child).second);
}

TEST_CASE("a chain's hash covers the previous hash and every field, and agrees with another implementation") {
    const auto content = ChainContent(1).text("entry").number(-2);
    CHECK(hex(next_hash(kChainStart, content.bytes())) ==
          "938519189f06d27df6225c58d7d9c10fd4dc0ebcf3cf8259af820c1a564c1015");
    const auto first = next_hash(kChainStart, content.bytes());
    CHECK(next_hash(first, content.bytes()) != first);
    CHECK(next_hash(kChainStart, ChainContent(2).text("entry").number(-2).bytes()) != first);
    // Neither a moved border nor another kind gives the same encoding.
    const auto bytes_of = [](const ChainContent& of) { return Bytes(of.bytes().begin(), of.bytes().end()); };
    CHECK(bytes_of(ChainContent(1).text("ab").text("c")) != bytes_of(ChainContent(1).text("a").text("bc")));
    CHECK(bytes_of(ChainContent(1).number(0)) != bytes_of(ChainContent(1).text(std::string(8, '\0'))));
}

TEST_CASE("an anchor is read back as it was signed, and refused once any word of it is changed") {
    SeededRandom random(5);
    for (const auto algorithm : {SignatureAlgorithm::Ed25519, SignatureAlgorithm::Sm2Sm3}) {
        const auto key = SigningKey::generate(algorithm, random);
        const Anchor anchor{
            .slot = 3, .seq = 1'000'000'007, .head = sha256("head"), .at = from_us(1'750'000'000'000'001)};
        const std::string line = sign_anchor(anchor, key);
        const auto read = read_anchor(line, key.verify_key());
        REQUIRE(read);
        CHECK(read->slot == 3);
        CHECK(read->seq == 1'000'000'007);
        CHECK(read->head == anchor.head);
        CHECK(read->at == anchor.at);

        for (std::size_t at = 0; at < line.size(); ++at) {
            std::string changed = line;
            changed[at] = changed[at] == '1' ? '2' : '1';
            CAPTURE(changed);
            CHECK_FALSE(read_anchor(changed, key.verify_key()));
        }
        CHECK_FALSE(read_anchor(line + " ", key.verify_key()));
        CHECK_FALSE(read_anchor("", key.verify_key()));
        CHECK_FALSE(read_anchor(line, SigningKey::generate(algorithm, random).verify_key()));
    }
}
