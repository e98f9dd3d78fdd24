#include "core/picture/sample_pictures.h"

#include <algorithm>
#include <array>

#include "core/base/language.h"

namespace dfd {
namespace {

constexpr const char* kUntouched =
    to_say("Sample: a picture that this project rendered; nothing was edited.");

constexpr std::array kSamples{
    SamplePicture{"still-life.jpg",
                  "b1574de24da0868347e22dc73d6172d179fe3f82235fbeeb9edb7611545c3be0", kUntouched},
    SamplePicture{"still-life-edited-copy-move.jpg",
                  "03e5f08fea19e0a0d83403687eb666e86119c7e4cf95a31381017a27cdda8898",
                  to_say("Sample: a picture that this project rendered; the right lemon was copied "
                         "to the front.")},
    SamplePicture{"still-life-edited-removal.jpg",
                  "7ef841c3549b02ae5bea14cbbaf4e69a721a912cd801cdbb6a330116d8583058",
                  to_say("Sample: a picture that this project rendered; the right lemon was "
                         "covered with another part of the table.")},
    SamplePicture{"desk.jpg", "9718147590bd2362ea02e152d1bcc91760f2da3b83c89d5dc59e1c718d54e496",
                  kUntouched},
    SamplePicture{"desk-edited-splice.jpg",
                  "97295baee7ef535dd0a5fcacc566fd349e3c71e566dc5c28675972ecd6069abf",
                  to_say("Sample: a picture that this project rendered; an apple of another "
                         "picture was put on the table.")},
    SamplePicture{
        "desk-edited-blurred-titles.jpg",
        "1adc70ccad91b4830a89ce7e9d3088df97496989ab48fd37cd56f736293a88ee",
        to_say(
            "Sample: a picture that this project rendered; the titles of the books were blurred.")},
    SamplePicture{"portrait.jpg",
                  "069c35f054551c725a553f09890e3ab75665052e7df269b6a57e59a4d0ca80b7", kUntouched},
    SamplePicture{"portrait-edited-face-swap.jpg",
                  "b565dd2cb8bee3721f8f13bc44acb11207f6316eef4e20181b9248ee35b977e5",
                  to_say("Sample: a picture that this project rendered; the face was replaced by "
                         "that of another head.")},
    SamplePicture{"portrait-edited-retouch.jpg",
                  "ca735286a71fc2a577e8dba2db8aaaf067675cb96713900f48d7883ce30da62e",
                  to_say("Sample: a picture that this project rendered; the skin around eyes and "
                         "mouth was smoothed.")},
    SamplePicture{"landscape.jpg",
                  "f4f0a91388f5861bbdcbe1b570bd7372a72950b4b4e326d24b8f561d3d4fee12", kUntouched},
    SamplePicture{"landscape-edited-resynthesis.jpg",
                  "d3e3027852f66ad15ebadd77385c31e0f30ddc0d7900d6bb31d872b31230bd14",
                  to_say("Sample: a picture that this project rendered; the right part was "
                         "reduced, enlarged again and sharpened.")},
};

}  // namespace

std::span<const SamplePicture> sample_pictures() {
    return kSamples;
}

std::string sample_words(std::string_view sha256, bool scored_by_starter) {
    const auto sample = std::ranges::find(kSamples, sha256, &SamplePicture::sha256);
    if (sample == kSamples.end())
        return {};
    auto words = say(sample->words);
    if (scored_by_starter)
        words += ' ' + say("The starter panel was measured on photographs, so a rendering is "
                           "outside of what it was measured on. It often takes renderings for "
                           "generated pictures.");
    return words;
}

}  // namespace dfd
