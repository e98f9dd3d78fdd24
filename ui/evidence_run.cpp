#include "ui/evidence_run.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <utility>

#include "ui/picture_source.h"

namespace dfd::ui {
namespace {

/// Maps are a few per cent of the work, and come before any of them is tested.
constexpr double kMapsShare = 0.04;

/// Within which 99 of 100 places lie; the largest where all but a few are 0.
float usual_magnitude(const HeatMap& density) {
    if (density.values.empty())
        return 0;
    std::vector<float> magnitudes;
    for (const float value : density.values)
        magnitudes.push_back(std::abs(value));
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

/// Tells the run of its thread's finds, as long as it is the newest.
class EvidenceRun::Job {
  public:
    Job(EvidenceRun& run, quint64 number) : run_(run), post_(run.postbox_), number_(number) {}

    template <class What>
    void tell(What what) const {
        post_->post([run = &run_, number = number_, what = std::move(what)] {
            if (number == run->run_)
                what(*run);
        });
    }
    void fail(const QString& sentence) const {
        tell([sentence](EvidenceRun& run) {
            run.running_ = false;
            run.problem_ = sentence;
            Q_EMIT run.changed();
        });
    }
    void work(const EvidenceSubject& subject, const EvidenceChoice& choice, const Evidence& before,
              const std::stop_token& stop) const {
        const Picture picture = read_first(subject.sources, subject.sha256);
        ExplainOptions options;
        options.method = choice.method;
        options.layer = choice.layer;
        const auto heard = [this](const ExpertExplanation& expert) {
            tell([expert](EvidenceRun& run) { run.keep(expert); });
        };
        double from = 0;
        const auto pass = [&](double until, const std::vector<ExpertExplanation>& known) {
            const auto found = explain(
                *subject.evaluator, picture.pixels, options, stop, heard,
                [&](double done, double total, const std::string& what) {
                    tell([done = from + (until - from) * (total > 0 ? done / total : 0),
                          what = QString::fromStdString(what)](EvidenceRun& run) {
                        run.done_ = done;
                        run.doing_ = what;
                        Q_EMIT run.progressed();
                    });
                },
                known);
            from = until;
            tell([mean = found.mean](EvidenceRun& run) { run.keep_mean(mean); });
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
        tell([](EvidenceRun& run) {
            ++run.run_;
            run.running_ = false;
            Q_EMIT run.changed();
        });
    }

  private:
    EvidenceRun& run_;  ///< touched in posted actions only, which die with it
    std::shared_ptr<Postbox> post_;
    quint64 number_;
};

EvidenceRun::EvidenceRun(BackgroundThreads& threads, QObject* parent)
    : QObject(parent), threads_(threads), postbox_(std::make_shared<Postbox>(this)) {}

EvidenceRun::~EvidenceRun() {
    postbox_->close();
    stop_.request_stop();
}

void EvidenceRun::set_subject(std::optional<EvidenceSubject> subject) {
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
    asked_ = false;
    problem_.clear();
    if (!nothing_before)
        Q_EMIT changed();
}

void EvidenceRun::choose(const EvidenceChoice& choice) {
    if (choice == choice_)
        return;
    const bool wanted = asked_ || known() != nullptr;
    stop();
    choice_ = choice;
    problem_.clear();
    if (wanted)
        start();
    else
        Q_EMIT changed();
}

void EvidenceRun::start() {
    if (!subject_)
        return;
    stop();
    problem_.clear();
    asked_ = true;
    const Evidence before = known() != nullptr ? *known() : Evidence();
    if (before.complete()) {
        Q_EMIT changed();
        return;
    }
    running_ = true;
    done_ = 0;
    doing_.clear();
    stop_ = threads_.run([job = Job(*this, run_), subject = *subject_, choice = choice_,
                          before](const std::stop_token& stop) {
        try {
            job.work(subject, choice, before, stop);
        } catch (const Cancelled&) {
            // Whoever stopped it knows.
        } catch (const std::bad_alloc&) {
            job.fail(
                tr("There is not enough memory to explain this picture. Close other programs "
                   "and try again."));
        } catch (const std::exception& error) {
            job.fail(QString::fromUtf8(error.what()));
        }
    });
    Q_EMIT changed();
}

void EvidenceRun::stop() {
    if (!running_)
        return;
    ++run_;
    stop_.request_stop();
    running_ = false;
    Q_EMIT changed();
}

const Evidence* EvidenceRun::known() const {
    if (!subject_)
        return nullptr;
    const auto found = known_.find(key());
    return found == known_.end() ? nullptr : &found->second;
}

void EvidenceRun::keep(const ExpertExplanation& expert) {
    forget_old();
    Evidence& evidence = known_[key()];
    const auto there = std::ranges::find(evidence.experts, expert.index, &ExpertExplanation::index);
    if (there == evidence.experts.end())
        evidence.experts.push_back(expert);
    else if (expert.test || !there->test)
        *there = expert;
    evidence.scale = std::max(evidence.scale, usual_magnitude(density_of(expert.map)));
    Q_EMIT changed();
}

void EvidenceRun::keep_mean(const MapExplanation& mean) {
    known_[key()].mean = mean;
    Q_EMIT changed();
}

void EvidenceRun::forget_old() {
    while (known_.size() >= kKept && !known_.contains(key()))
        known_.erase(known_.begin());
}

}  // namespace dfd::ui
