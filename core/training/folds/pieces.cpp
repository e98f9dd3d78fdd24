#include "core/training/folds/pieces.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace dfd {
namespace {

/// Connected components of rows (union-find).
class DisjointSets {
  public:
    explicit DisjointSets(std::size_t rows) : parent_(rows) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }
    std::size_t root(std::size_t row) {
        while (parent_[row] != row)
            row = parent_[row] = parent_[parent_[row]];
        return row;
    }
    void join(std::size_t a, std::size_t b) {
        a = root(a);
        b = root(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }
    /// Joins the row with the first row that had this key.
    void join(std::unordered_map<std::string, std::size_t>& keys, const std::string& key,
              std::size_t row) {
        const auto [found, first] = keys.emplace(key, row);
        if (!first)
            join(found->second, row);
    }

  private:
    std::vector<std::size_t> parent_;
};

}  // namespace

std::vector<Piece> pieces_of(const Manifest& manifest, SplitBy by) {
    const auto& rows = manifest.rows;
    DisjointSets sets(rows.size());
    std::unordered_map<std::string, std::size_t> groups, paths, sources;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        sets.join(paths, rows[i].path.native(), i);
        if (!rows[i].group.empty())
            sets.join(groups, rows[i].group, i);
        if (by == SplitBy::Source && !rows[i].source.empty())
            sets.join(sources, rows[i].source, i);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (const auto twin = rows[i].parameter("twin"); !twin.empty())
            // Fakes of one twin stay together even if the twin is not listed.
            sets.join(paths, manifest.resolve(twin).native(), i);
    std::map<std::size_t, Piece> pieces;  // by first row
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& piece = pieces[sets.root(i)];
        if (piece.rows.empty())
            piece.source = rows[i].source;
        piece.rows.push_back(i);
        ++(rows[i].fake ? piece.size.fake : piece.size.real);
        piece.test = piece.test || rows[i].fold == kTestFold;
    }
    std::vector<Piece> result;
    for (auto& [root, piece] : pieces)
        result.push_back(std::move(piece));
    return result;
}

}  // namespace dfd
