#pragma once

#include <memory>
#include <string_view>

#include "detect/behaviour.hpp"

namespace cloudhijack::detect {

/// A principal's behaviour as one evidence is to see it: without the calls that the allowlist's
/// exceptions for it cover. What was usual stays what it was. A `*` for the service covers all that
/// the principal did; a threshold covers nothing here, see Behaviour::threshold().
class BehaviourForEvidence {
  public:
    /// `whole` must outlive it.
    BehaviourForEvidence(const Behaviour& whole, std::string_view evidence);

    /// Null where all is covered.
    [[nodiscard]] const Behaviour* get() const { return seen_; }

  private:
    std::unique_ptr<const PrincipalActivity> activity_;
    std::unique_ptr<const Behaviour> reduced_;
    const Behaviour* seen_;
};

}  // namespace cloudhijack::detect
