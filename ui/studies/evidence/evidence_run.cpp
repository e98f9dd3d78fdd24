#include "ui/studies/evidence/evidence_run.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "ui/look/wording.h"
#include "ui/work/picture_source.h"

namespace dfd::ui {
namespace {

/// Maps take a few per cent of the work and are all computed before the first test.
constexpr double kMapsShare = 0.04;

/// The 99th percentile of the magnitudes; the maximum if that percentile is 0.
float usual_magnitude(const HeatMap& density) {
    if (density.values.empty())
        return 0;
    std::vector<float> magnitudes;
    for (const float value : density.values)
        if (looked_at(value))
            magnitudes.push_back(std::abs(value));
    if (magnitudes.empty())
        return 0;
    const auto place = magnitudes.begin() + std::ssize(magnitudes) * 99 / 100;
    std::ranges::nth_element(magnitudes, place);
    return *place > 0 ? *place : *std::ranges::max_element(magnitudes);
}

std::string scorer_of(const Evaluator& evaluator) {
    return evaluator.panel().digest + precision_name(evaluator.precision());
}

}  // namespace

std::size_t Evidence::tested() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        experts, [](const ExpertExplanation& expert) { return expert.test.has_value(); }));
}

EvidenceRun::EvidenceRun(BackgroundThreads& threads, QObject* parent)
    : PictureRun(threads, parent) {}

void EvidenceRun::set_subject(std::optional<PictureSubject> subject) {
    if (subject && !subject->evaluator)
        subject.reset();
    const auto same_scorer = [&] { return scorer_of(*subject->evaluator) == scorer_; };
    if (subject && subject_ && subject->sha256 == subject_->sha256 && same_scorer()) {
        subject_ = std::move(subject);
        return;
    }
    const bool nothing_before = !subject && !subject_;
    stop();
    if (subject && !same_scorer()) {
        known_.clear();
        scorer_ = scorer_of(*subject->evaluator);
    }
    subject_ = std::move(subject);
    started_ = false;
    clear_problem();
    if (!nothing_before)
        Q_EMIT changed();
}

void EvidenceRun::set_options(const EvidenceOptions& options) {
    if (options == options_)
        return;
    const bool wanted = started_ || known() != nullptr;
    stop();
    options_ = options;
    clear_problem();
    if (wanted)
        start();
    else
        Q_EMIT changed();
}

void EvidenceRun::start() {
    if (!subject_)
        return;
    stop();
    clear_problem();
    started_ = true;
    const Evidence before = known() != nullptr ? *known() : Evidence();
    if (before.complete()) {
        Q_EMIT changed();
        return;
    }
    done_ = 0;
    current_step_.clear();
    launch([this, subject = *subject_, choice = options_, before](const Task::Run& run) {
        work(this, run, subject, choice, before);
    });
}

void EvidenceRun::work(EvidenceRun* owner, const Task::Run& run, const PictureSubject& subject,
                       const EvidenceOptions& choice, const Evidence& before) {
    const Picture picture = read_first(subject.sources, subject.sha256);
    ExplainOptions options;
    options.method = choice.method;
    options.layer = choice.layer;
    double from = 0;
    const auto pass = [&](double until, const std::vector<ExpertExplanation>& known) {
        const auto found = explain(
            *subject.evaluator, picture.pixels, options, run.stop_token(),
            [&](const ExpertExplanation& expert) {
                run.post([owner, expert] { owner->store(expert); });
            },
            [&](double done, double total, const std::string& what) {
                run.post(
                    [owner, done = from + (until - from) * (total > 0 ? done / total : 0),
                     what = QString::fromStdString(what)] { owner->show_progress(done, what); });
            },
            known);
        from = until;
        run.post([owner, mean = found.mean, question = found.question] {
            owner->store_mean(mean, question);
        });
    };
    if (!before.mean) {
        options.test = false;
        pass(kMapsShare, before.experts);
    }
    options.test = true;
    std::vector<ExpertExplanation> tested;
    std::ranges::copy_if(before.experts, std::back_inserter(tested),
                         [](const auto& expert) { return expert.test.has_value(); });
    pass(1, tested);
}

void EvidenceRun::show_progress(double done, const QString& step) {
    done_ = done;
    current_step_ = step;
    Q_EMIT progressed();
}

QString EvidenceRun::mean_name() const {
    if (!subject_)
        return tr("Mean of all experts");
    const Evidence* const found = known();
    return combined_map_text(subject_->opinion, found != nullptr && found->mean
                                                    ? found->question
                                                    : subject_->opinion.leading);
}

const Evidence* EvidenceRun::known() const {
    if (!subject_)
        return nullptr;
    const auto found = known_.find(key());
    return found == known_.end() ? nullptr : &found->second;
}

void EvidenceRun::store(const ExpertExplanation& expert) {
    evict_oldest();
    Evidence& evidence = known_[key()];
    const auto there = std::ranges::find(evidence.experts, expert.index, &ExpertExplanation::index);
    if (there == evidence.experts.end())
        evidence.experts.push_back(expert);
    else if (expert.test || !there->test)
        *there = expert;
    evidence.scale = std::max(evidence.scale, usual_magnitude(density_of(expert.map)));
    Q_EMIT changed();
}

void EvidenceRun::store_mean(const MapExplanation& mean, std::size_t question) {
    known_[key()].mean = mean;
    known_[key()].question = question;
    Q_EMIT changed();
}

void EvidenceRun::evict_oldest() {
    while (known_.size() >= kKept && !known_.contains(key()))
        known_.erase(known_.begin());
}

}  // namespace dfd::ui
