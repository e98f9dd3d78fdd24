#include "core/training/fakes/picture_tensor.h"

#include <torch/torch.h>

#include <cstring>

namespace dfd {

torch::Tensor tensor_of(const cv::Mat& bgr) {
    CV_Assert(bgr.type() == CV_8UC3);
    const auto whole = bgr.isContinuous() ? bgr : bgr.clone();
    return torch::from_blob(whole.data, {1, whole.rows, whole.cols, 3}, torch::kUInt8)
        .flip({3})
        .permute({0, 3, 1, 2})
        .to(torch::kFloat32)
        .div(255)
        .contiguous();
}

cv::Mat picture_of(const torch::Tensor& pixels) {
    const auto bytes = pixels.squeeze(0)
                           .mul(255)
                           .round()
                           .clamp(0, 255)
                           .to(torch::kUInt8)
                           .permute({1, 2, 0})
                           .flip({2})
                           .contiguous();
    cv::Mat bgr(static_cast<int>(bytes.size(0)), static_cast<int>(bytes.size(1)), CV_8UC3);
    std::memcpy(bgr.data, bytes.data_ptr<std::uint8_t>(), bytes.nbytes());
    return bgr;
}

}  // namespace dfd
