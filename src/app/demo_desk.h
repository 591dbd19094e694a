#pragma once
// The desk's two persons as the demo plays them: a dealer who calls a bank, and a confirmer who has the bank's slip.
// Each signs with a key of his own, by the operators' published API. Knows nothing of the database.

#include <string>

#include "src/app/demo_world.h"
#include "src/crypto/key_store.h"

namespace huiqiao::app {

class DemoDesk {
 public:
    /// Registers both; the service may be down. world and random must outlive it.
    DemoDesk(DemoWorld& world, crypto::KeyStore& keys, Random& random);

    /// One call to a bank that sells on the telephone: its price, our record of what waits in the currency, the bank's
    /// own entry, our confirmation with its slip. False where nothing waits that can be bought now.
    bool buy_by_phone(const std::string& bank, const std::string& currency);
    /// Of the last call by which nothing was bought.
    [[nodiscard]] const std::string& why_not() const { return why_not_; }

 private:
    struct Person {
        std::string id;
        crypto::SigningKey key;
    };
    http::Outcome send(const Person& who, http::Method method, const std::string& target, const std::string& body = "");

    DemoWorld& world_;
    Random& random_;
    Person dealer_;
    Person confirmer_;
    std::string why_not_;
};

}  // namespace huiqiao::app
