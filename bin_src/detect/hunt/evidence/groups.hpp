#pragma once

#include "detect/hunt/evidence/evidence.hpp"

namespace cloudhijack::detect {

// The evidence of each group, in the file of its name.
std::span<const Evidence> onboarding_evidence();
std::span<const Evidence> volume_evidence();
std::span<const Evidence> access_evidence();
std::span<const Evidence> hiding_evidence();
std::span<const Evidence> spread_evidence();
std::span<const Evidence> source_evidence();
std::span<const Evidence> credential_evidence();
std::span<const Evidence> marks();

}  // namespace cloudhijack::detect
