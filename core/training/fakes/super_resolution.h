// Super-resolution networks, for pictures that were enlarged by one. Uses torch.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace dfd {

/// The compact network of Real-ESRGAN ("SRVGG", BSD-3-Clause), read from ncnn's files: a chain of
/// 3x3 convolutions and PReLUs, a pixel shuffle, and the input enlarged by nearest neighbour added
/// to its result.
class CompactUpscaler {
  public:
    /// Reads the graph (.param) and the weights (.bin) beside it. Nothing but such a chain is
    /// accepted. Throws TrainingError. Blocks.
    explicit CompactUpscaler(const std::filesystem::path& param);

    [[nodiscard]] int factor() const { return factor_; }
    /// 8-bit BGR -> 8-bit BGR, `factor` times as wide and high. Thread-safe. Blocks.
    [[nodiscard]] cv::Mat enlarge(const cv::Mat& bgr) const;
    /// [1,3,H,W] in [0,1], RGB -> [1,3,f*H,f*W], not clamped.
    [[nodiscard]] torch::Tensor enlarge(const torch::Tensor& pixels) const;

  private:
    struct Layer {
        torch::Tensor weight, bias;  ///< [O,I,k,k], [O]
        torch::Tensor slopes;        ///< of the PReLU behind it; undefined behind the last layer
    };
    std::vector<Layer> layers_;
    int factor_ = 0;
};

/// Enlarges by one of OpenCV's super-resolution networks (FSRCNN, ESPCN), read from TensorFlow's
/// frozen graphs (.pb). The kind and the factor come from the file's name: FSRCNN_x3.pb. 8-bit BGR
/// in and out. Throws TrainingError. Blocks.
class OpenCvUpscaler {
  public:
    explicit OpenCvUpscaler(const std::filesystem::path& file);
    [[nodiscard]] int factor() const { return factor_; }
    /// Reads the file on every call: the library's networks are not thread-safe.
    [[nodiscard]] cv::Mat enlarge(const cv::Mat& bgr) const;

  private:
    std::filesystem::path file_;
    std::string kind_;  ///< "fsrcnn" or "espcn"
    int factor_ = 0;
};

}  // namespace dfd
