// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The same nets written by hand with Eigen, all extents fixed.
#include "harness.hpp"

#define EIGEN_STACK_ALLOCATION_LIMIT 0 // the models lie on the heap
#include <Eigen/Dense>

#include <tuple>

namespace {

using namespace bench;

template <int Rows, int Columns>
using matrix = Eigen::Matrix<float, Rows, Columns, Rows == 1 && Columns != 1 ? Eigen::RowMajor : Eigen::ColMajor>;
template <int Rows>
using vector = Eigen::Matrix<float, Rows, 1>;
template <int Rows, int Columns>
using rows_of = Eigen::Matrix<float, Rows, Columns, Eigen::RowMajor>;

/// Dense layer l of Net, weights column-major, with what training needs for a batch of `Batch` samples in columns.
template <class Net, size_t L, size_t Batch>
struct layer {
    static constexpr int in = Net::widths[L], out = Net::widths[L + 1];
    static constexpr bool last = L + 1 == Net::layers;
    static constexpr int gradients = Batch > 0 ? 1 : 0;
    matrix<out, in> w;
    vector<out> b;
    matrix<out, Batch ? Batch : 1> y, dy;
    matrix<out, Batch ? in : 1> dw, mw, vw;
    vector<out> db, mb, vb;

    layer() {
        const numbers all = Net::parameters();
        w = Eigen::Map<const rows_of<out, in>>(&all[Net::offset(L)]);
        b = Eigen::Map<const vector<out>>(&all[Net::offset(L) + in * out]);
        mw.setZero(), vw.setZero(), mb.setZero(), vb.setZero();
    }

    template <class X, class Y>
    void forward(const X& x, Y& to) const {
        if constexpr (Y::ColsAtCompileTime == 1) {
            to = b;
            to.noalias() += w * x;
        } else {
            to.noalias() = w * x;
            to.colwise() += b;
        }
        if constexpr (!last) {
            if constexpr (Net::between == activation::tanh) to = to.array().tanh();
            else to = to.cwiseMax(0.0f);
        }
    }
    /// dy is complete; x is the layer's input, dx where to put its gradient (times the slope of the activation before).
    template <class X>
    void gradient(const X& x) {
        dw.noalias() = dy * x.transpose();
        db.noalias() = dy.rowwise().sum();
    }
    template <class Before>
    void pass_on(Before& before) const {
        before.dy.noalias() = w.transpose() * dy;
        if constexpr (Net::between == activation::tanh) before.dy.array() *= 1 - before.y.array().square();
        else before.dy.array() *= (before.y.array() > 0).template cast<float>();
    }
    void descend(float rate) {
        w.noalias() -= rate * dw;
        b.noalias() -= rate * db;
    }
    void adapt(float rate, float lift) { // Adam; rate and lift hold the bias corrections
        const auto one = [=](auto& p, const auto& g, auto& m, auto& v) {
            m = 0.9f * m + 0.1f * g;
            v.array() = 0.999f * v.array() + 0.001f * g.array().square();
            p.array() -= rate * m.array() / (v.array().sqrt() * lift + 1e-8f);
        };
        one(w, dw, mw, vw);
        one(b, db, mb, vb);
    }
};

template <class Net, size_t Batch, class Index>
struct layers_of;
template <class Net, size_t Batch, size_t... L>
struct layers_of<Net, Batch, std::index_sequence<L...>> : std::type_identity<std::tuple<layer<Net, L, Batch>...>> {};
template <class Net, size_t Batch>
using layers = typename layers_of<Net, Batch, std::make_index_sequence<Net::layers>>::type;

template <class Net>
struct single {
    layers<Net, 0> all;
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) {
        run<0>(Eigen::Map<const vector<Net::in>>(x.data()), y);
    }
    template <size_t L, class X>
    void run(const X& x, typename Net::output_type& y) {
        const auto& one = std::get<L>(all);
        if constexpr (L + 1 == Net::layers) {
            Eigen::Map<vector<Net::out>> to(y.data());
            one.forward(x, to);
        } else {
            vector<Net::widths[L + 1]> to;
            one.forward(x, to);
            run<L + 1>(to, y);
        }
    }
};

template <class Net>
struct batched {
    layers<Net, Net::batch> all;
    matrix<Net::in, Net::batch> inputs;
    batched() {
        const numbers x = Net::inputs(Net::batch);
        inputs = Eigen::Map<const matrix<Net::in, Net::batch>>(x.data());
    }
    template <size_t L = 0, class X>
    void run(const X& x) {
        auto& one = std::get<L>(all);
        one.forward(x, one.y);
        if constexpr (L + 1 < Net::layers) run<L + 1>(one.y);
    }
    void operator()(float* y) {
        run(inputs);
        Eigen::Map<matrix<Net::out, Net::batch>> to(y);
        to = std::get<Net::layers - 1>(all).y;
    }
};

template <class Net>
struct trained : batched<Net> {
    using batched<Net>::all, batched<Net>::inputs;
    static constexpr int batch = Net::batch, out = Net::out;
    matrix<out, batch> targets;
    std::vector<int> labels = Net::labels(Net::batch);
    float power1 = 1, power2 = 1;

    trained() {
        const numbers y = Net::targets(Net::batch);
        targets = Eigen::Map<const matrix<out, batch>>(y.data());
    }
    void step() {
        this->run(inputs);
        auto& last = std::get<Net::layers - 1>(all);
        if constexpr (Net::what == objective::cross_entropy) {
            auto& p = last.dy;
            p = (last.y.rowwise() - last.y.colwise().maxCoeff().eval()).array().exp();
            const Eigen::Matrix<float, 1, batch> shares = p.colwise().sum().cwiseInverse() / float(batch);
            p.array().rowwise() *= shares.array();
            for (int n = 0; n < batch; ++n) p(labels[static_cast<size_t>(n)], n) -= 1.0f / batch;
        } else {
            last.dy = (last.y - targets) * (2.0f / (batch * out));
        }
        power1 *= 0.9f;
        power2 *= 0.999f;
        back<Net::layers - 1>();
    }
    template <size_t L>
    void back() {
        auto& one = std::get<L>(all);
        if constexpr (L > 0) {
            auto& before = std::get<L - 1>(all);
            one.gradient(before.y);
            one.pass_on(before);
        } else {
            one.gradient(inputs);
        }
        if constexpr (Net::how == rule::sgd) one.descend(Net::rate);
        else one.adapt(Net::rate / (1 - power1), 1 / std::sqrt(1 - power2));
        if constexpr (L > 0) back<L - 1>();
    }
    numbers parameters() const {
        numbers p(Net::offset(Net::layers));
        collect(p, std::make_index_sequence<Net::layers>());
        return p;
    }
    template <size_t... L>
    void collect(numbers& p, std::index_sequence<L...>) const {
        const auto one = [&](const auto& from, size_t at) {
            using type = std::decay_t<decltype(from)>;
            Eigen::Map<rows_of<type::out, type::in>> weight(&p[at]);
            Eigen::Map<vector<type::out>> bias(&p[at + type::in * type::out]);
            weight = from.w;
            bias = from.b;
        };
        (one(std::get<L>(all), Net::offset(L)), ...);
    }
};

/// All gates in one product; biases added up beforehand where the cell allows it.
template <class Net>
struct recurrent {
    static constexpr int hidden = Net::hidden, gates = Net::gates;
    matrix<gates, hidden> from_h;
    vector<gates> from_x, bias_x, bias_h;
    vector<hidden> w, h = vector<hidden>::Zero(), c = vector<hidden>::Zero();
    float b;
    recurrent() {
        const numbers p = Net::parameters();
        from_x = Eigen::Map<const vector<gates>>(&p[Net::weight_ih]);
        from_h = Eigen::Map<const rows_of<gates, hidden>>(&p[Net::weight_hh]);
        bias_x = Eigen::Map<const vector<gates>>(&p[Net::bias_ih]);
        bias_h = Eigen::Map<const vector<gates>>(&p[Net::bias_hh]);
        w = Eigen::Map<const vector<hidden>>(&p[Net::weight]);
        b = p[Net::bias];
        if constexpr (Net::gates == 4 * hidden) bias_h += bias_x;
        else bias_h.template head<2 * hidden>() += bias_x.template head<2 * hidden>();
    }
    /// ½ + ½·tanh(v/2)
    template <class V>
    static auto sigmoid(const V& v) {
        return ((v.array() * 0.5f).tanh() * 0.5f + 0.5f).eval();
    }
    void operator()(const std::array<float, 1>& x, std::array<float, 1>& y) {
        vector<gates> g = bias_h;
        if constexpr (Net::gates == 4 * hidden) {
            g += x[0] * from_x;
            g.noalias() += from_h * h;
            const auto i_f = sigmoid(g.template head<2 * hidden>());
            const auto o = sigmoid(g.template tail<hidden>());
            c = i_f.template tail<hidden>() * c.array() +
                i_f.template head<hidden>() * g.template segment<hidden>(2 * hidden).array().tanh();
            h = o * c.array().tanh();
        } else {
            g.template head<2 * hidden>() += x[0] * from_x.template head<2 * hidden>();
            g.noalias() += from_h * h;
            const auto r_z = sigmoid(g.template head<2 * hidden>());
            const vector<hidden> n =
                (bias_x.template tail<hidden>().array() + x[0] * from_x.template tail<hidden>().array() +
                 r_z.template head<hidden>() * g.template tail<hidden>().array())
                    .tanh();
            h = n.array() + r_z.template tail<hidden>() * (h - n).array();
        }
        y[0] = w.dot(h) + b;
    }
};

[[maybe_unused]] const bool listed = [] {
    Eigen::setNbThreads(1);
    const auto library = "Eigen";
    one_sample<w1, single<w1>>(library);
    one_sample<w2, single<w2>>(library);
    one_sample<w3, single<w3>>(library);
    one_sample<w4, single<w4>>(library);
    one_sample<w6_gru, recurrent<w6_gru>>(library);
    one_sample<w6_lstm, recurrent<w6_lstm>>(library);
    forward<w3, batched<w3>>(library);
    training<w3, trained<w3>>(library);
    training<w4, trained<w4>>(library);
    training<w5, trained<w5>>(library);
    return true;
}();

} // namespace
