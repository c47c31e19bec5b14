// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// oneDNN 2: layers in the formats it chooses itself, activations fused; the losses and optimisers, which it does not have,
// in plain loops.
#include "harness.hpp"

#include <oneapi/dnnl/dnnl.hpp>

#include <cstdio>
#include <unordered_map>

#if DNNL_VERSION_MAJOR == 2
namespace {

using namespace bench;
using namespace dnnl;
using tag = memory::format_tag;
constexpr auto f32 = memory::data_type::f32;

class layered {
  public:
    layered(long batch, bool train, memory::dims input, const numbers& parameters)
        : batch_(batch), train_(train), all_(parameters) {
        input.insert(input.begin(), batch);
        input_ = now_ = memory({input, f32, input.size() == 4 ? tag::nchw : tag::ab}, engine_);
    }

    void dense(long out, const activation* after) {
        memory::dims from = now_.get_desc().dims(), weights = from;
        weights[0] = out;
        const bool last = !after;
        const memory::desc any_x(from, f32, from.size() == 2 ? tag::ab : tag::any), any_w(weights, f32, tag::any);
        const memory::desc bias({out}, f32, tag::a), any_y({batch_, out}, f32, last ? tag::ab : tag::ab);
        const inner_product_forward::primitive_desc pd({kind(), any_x, any_w, bias, any_y}, fused(after), engine_);
        trace("inner product", pd);
        const auto x = bring(pd.src_desc()), y = made(pd.dst_desc());
        const auto w = parameter(pd.weights_desc(), weights.size() == 2 ? tag::ab : tag::abcd),
                   b = parameter(bias, tag::a);
        forward_.push_back({inner_product_forward(pd),
                            {{DNNL_ARG_SRC, x},
                             {DNNL_ARG_WEIGHTS, values_[w].value},
                             {DNNL_ARG_BIAS, values_[b].value},
                             {DNNL_ARG_DST, y}}});
        now_ = y;
        if (!train_) return;
        const bool first = values_.size() == 2;
        backward_of_.push_back([=, this](memory g) {
            g = through(after, y, g);
            const inner_product_backward_weights::primitive_desc bw({x.get_desc(), any_w, bias, y.get_desc()}, engine_,
                                                                    pd);
            trace("  its weights' gradient", bw);
            add(inner_product_backward_weights(bw), x, g, w, b, bw.diff_weights_desc());
            if (first) return memory();
            const inner_product_backward_data::primitive_desc bd({x.get_desc(), any_w, y.get_desc()}, engine_, pd);
            trace("  its input's gradient", bd);
            const auto dx = made(x.get_desc());
            backward_.push_back({inner_product_backward_data(bd),
                                 {{DNNL_ARG_DIFF_DST, g},
                                  {DNNL_ARG_DIFF_SRC, dx},
                                  {DNNL_ARG_WEIGHTS, ordered(values_[w].value, bd.weights_desc(), backward_)}}});
            return dx;
        });
    }

    void convolution(long filters, const activation* after) {
        const memory::dims from = now_.get_desc().dims(), weights{filters, from[1], 5, 5}, one{1, 1}, none{0, 0};
        const memory::dims to{batch_, filters, from[2] - 4, from[3] - 4};
        const memory::desc any_x(from, f32, tag::any), any_w(weights, f32, tag::any), any_y(to, f32, tag::any);
        const memory::desc bias({filters}, f32, tag::a);
        const auto how = algorithm::convolution_direct;
        const convolution_forward::primitive_desc pd({kind(), how, any_x, any_w, bias, any_y, one, none, none},
                                                     fused(after), engine_);
        trace("convolution", pd);
        const auto x = bring(pd.src_desc()), y = made(pd.dst_desc());
        const auto w = parameter(pd.weights_desc(), tag::abcd), b = parameter(bias, tag::a);
        forward_.push_back({convolution_forward(pd),
                            {{DNNL_ARG_SRC, x},
                             {DNNL_ARG_WEIGHTS, values_[w].value},
                             {DNNL_ARG_BIAS, values_[b].value},
                             {DNNL_ARG_DST, y}}});
        now_ = y;
        if (!train_) return;
        const bool first = values_.size() == 2;
        backward_of_.push_back([=, this](memory g) {
            g = through(after, y, g);
            const convolution_backward_weights::primitive_desc bw({how, any_x, any_w, bias, any_y, one, none, none},
                                                                  engine_, pd);
            trace("  its weights' gradient", bw);
            add(convolution_backward_weights(bw), ordered(x, bw.src_desc(), backward_),
                ordered(g, bw.diff_dst_desc(), backward_), w, b, bw.diff_weights_desc());
            if (first) return memory();
            const convolution_backward_data::primitive_desc bd({how, any_x, any_w, any_y, one, none, none}, engine_,
                                                               pd);
            trace("  its input's gradient", bd);
            const auto dx = made(bd.diff_src_desc());
            backward_.push_back({convolution_backward_data(bd),
                                 {{DNNL_ARG_DIFF_DST, ordered(g, bd.diff_dst_desc(), backward_)},
                                  {DNNL_ARG_DIFF_SRC, dx},
                                  {DNNL_ARG_WEIGHTS, ordered(values_[w].value, bd.weights_desc(), backward_)}}});
            return dx;
        });
    }

    void pool() {
        const auto x = now_;
        memory::dims to = x.get_desc().dims();
        to[2] /= 2, to[3] /= 2;
        const memory::dims two{2, 2}, none{0, 0};
        const auto how = algorithm::pooling_max;
        const pooling_forward::primitive_desc pd({kind(), how, x.get_desc(), {to, f32, tag::any}, two, two, none, none},
                                                 engine_);
        trace("pool", pd);
        const auto y = made(pd.dst_desc());
        std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}};
        memory workspace;
        if (train_) arguments[DNNL_ARG_WORKSPACE] = workspace = made(pd.workspace_desc());
        forward_.push_back({pooling_forward(pd), arguments});
        now_ = y;
        backward_of_.push_back([=, this](const memory& g) {
            const pooling_backward::primitive_desc bd({how, x.get_desc(), y.get_desc(), two, two, none, none}, engine_,
                                                      pd);
            trace("  its input's gradient", bd);
            const auto dx = made(x.get_desc());
            backward_.push_back({pooling_backward(bd),
                                 {{DNNL_ARG_DIFF_DST, ordered(g, y.get_desc(), backward_)},
                                  {DNNL_ARG_DIFF_SRC, dx},
                                  {DNNL_ARG_WORKSPACE, workspace}}});
            return dx;
        });
    }

    /// All layers are there.
    void finish() {
        if (!train_) return;
        memory g = slope_ = made(now_.get_desc());
        for (size_t l = backward_of_.size(); l-- > 0;) g = backward_of_[l](g);
    }

    void input(const float* x) { input_.set_data_handle(const_cast<float*>(x)); }
    void run() { run(forward_); }
    void run_back() { run(backward_); }
    const float* output() const { return static_cast<const float*>(now_.get_data_handle()); }
    float* slope() const { return static_cast<float*>(slope_.get_data_handle()); }

    /// rule(count, values, gradients, number of the tensor)
    template <class Rule>
    void update(Rule rule) {
        for (size_t i = 0; i < values_.size(); ++i)
            rule(values_[i].value.get_desc().get_size() / 4, static_cast<float*>(values_[i].value.get_data_handle()),
                 static_cast<const float*>(values_[i].gradient.get_data_handle()), i);
    }
    numbers parameters() {
        numbers all = all_;
        for (auto& one : values_) {
            memory plain({one.value.get_desc().dims(), f32, one.plain}, engine_, &all[one.offset]);
            reorder(one.value, plain).execute(stream_, one.value, plain);
        }
        stream_.wait();
        return all;
    }

  private:
    struct call {
        primitive what;
        std::unordered_map<int, memory> arguments;
    };
    struct tensor {
        memory value, gradient;
        tag plain;
        size_t offset;
    };

    prop_kind kind() const { return train_ ? prop_kind::forward_training : prop_kind::forward_inference; }
    memory made(const memory::desc& desc) {
        memory one(desc, engine_);
        std::fill_n(static_cast<char*>(one.get_data_handle()), desc.get_size(), char(0));
        return one;
    }
    template <class Description>
    static void trace(const char* what, const Description& pd) {
        if (std::getenv("BENCH_TRACE")) std::fprintf(stderr, "%s: %s\n", what, pd.impl_info_str());
    }
    static primitive_attr fused(const activation* after) {
        primitive_attr attributes;
        if (!after) return attributes;
        post_ops ops;
        ops.append_eltwise(1, *after == activation::tanh ? algorithm::eltwise_tanh : algorithm::eltwise_relu, 0, 0);
        attributes.set_post_ops(ops);
        return attributes;
    }
    /// The same numbers in another format; the call that copies them goes to `calls`.
    memory ordered(const memory& from, const memory::desc& wanted, std::vector<call>& calls) {
        if (from.get_desc() == wanted) return from;
        const memory to = made(wanted);
        calls.push_back({reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}});
        return to;
    }
    /// What the layer before gives, in the format this one wants.
    memory bring(const memory::desc& wanted) {
        const auto before = now_.get_desc();
        if (before == wanted) return now_;
        now_ = ordered(now_, wanted, forward_);
        if (!values_.empty())
            backward_of_.push_back([=, this](const memory& g) { return ordered(g, before, backward_); });
        return now_;
    }
    /// Takes the next parameters; returns their number.
    size_t parameter(const memory::desc& desc, tag plain) {
        const memory::desc canonical(desc.dims(), f32, plain);
        memory from(canonical, engine_, &all_[used_]), to = made(desc);
        reorder(from, to).execute(stream_, from, to);
        stream_.wait();
        values_.push_back({to, train_ ? made(desc) : memory(), plain, used_});
        used_ += canonical.get_size() / 4;
        return values_.size() - 1;
    }
    /// The gradient before an activation.
    memory through(const activation* after, const memory& y, const memory& g) {
        if (!after) return g;
        const auto how = *after == activation::tanh ? algorithm::eltwise_tanh_use_dst_for_bwd
                                                    : algorithm::eltwise_relu_use_dst_for_bwd;
        const auto desc = y.get_desc();
        const eltwise_forward::primitive_desc hint({prop_kind::forward_training, how, desc, 0, 0}, engine_);
        const eltwise_backward::primitive_desc pd({how, desc, desc, 0, 0}, engine_, hint);
        trace("  activation", pd);
        const auto from = ordered(g, desc, backward_);
        backward_.push_back(
            {eltwise_backward(pd), {{DNNL_ARG_DST, y}, {DNNL_ARG_DIFF_DST, from}, {DNNL_ARG_DIFF_SRC, from}}});
        return from;
    }
    void add(const primitive& gradient, const memory& x, const memory& g, size_t w, size_t b,
             const memory::desc& format) {
        const auto dw = format == values_[w].value.get_desc() ? values_[w].gradient : made(format);
        backward_.push_back({gradient,
                             {{DNNL_ARG_SRC, x},
                              {DNNL_ARG_DIFF_DST, g},
                              {DNNL_ARG_DIFF_WEIGHTS, dw},
                              {DNNL_ARG_DIFF_BIAS, values_[b].gradient}}});
        values_[w].gradient = ordered(dw, values_[w].value.get_desc(), backward_);
    }
    void run(std::vector<call>& calls) {
        for (call& one : calls) one.what.execute(stream_, one.arguments);
        stream_.wait();
    }

    engine engine_{engine::kind::cpu, 0};
    stream stream_{engine_};
    long batch_;
    bool train_;
    numbers all_;
    size_t used_ = 0;
    memory input_, now_, slope_;
    std::vector<call> forward_, backward_;
    std::vector<tensor> values_;
    std::vector<std::function<memory(const memory&)>> backward_of_;
};

template <class Net>
struct network : layered {
    static memory::dims input_dims() {
        if constexpr (std::is_same_v<Net, w7>) return {1, 28, 28};
        else return {long(Net::in)};
    }
    network(long batch, bool train) : layered(batch, train, input_dims(), Net::parameters()) {
        static constexpr activation relu = activation::relu;
        if constexpr (std::is_same_v<Net, w7>) {
            convolution(6, &relu), pool();
            convolution(16, &relu), pool();
            dense(120, &relu), dense(84, &relu), dense(10, nullptr);
        } else {
            static constexpr activation between = Net::between;
            for (size_t l = 0; l < Net::layers; ++l)
                dense(long(Net::widths[l + 1]), l + 1 < Net::layers ? &between : nullptr);
        }
        finish();
    }
};

template <class Net>
struct single {
    network<Net> net{1, false};
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) {
        net.input(x.data());
        net.run();
        std::copy_n(net.output(), Net::out, y.begin());
    }
};

template <class Net>
struct batched {
    network<Net> net{Net::batch, false};
    numbers inputs = Net::inputs(Net::batch);
    batched() { net.input(inputs.data()); }
    void operator()(float* y) {
        net.run();
        std::copy_n(net.output(), Net::batch * Net::out, y);
    }
};

template <class Net>
struct trained {
    static constexpr size_t batch = Net::batch, out = Net::out;
    network<Net> net{Net::batch, true};
    numbers inputs = Net::inputs(batch), targets = Net::targets(batch);
    std::vector<int> labels = Net::labels(batch);
    std::vector<numbers> first, second;
    float power1 = 1, power2 = 1;

    trained() {
        net.input(inputs.data());
        net.update([&](size_t count, float*, const float*, size_t) {
            first.emplace_back(count);
            second.emplace_back(count);
        });
    }
    void step() {
        net.run();
        const float* __restrict y = net.output();
        float* __restrict slope = net.slope();
        if constexpr (Net::what == objective::cross_entropy) {
            for (size_t n = 0; n < batch; ++n, y += out, slope += out) {
                const float most = *std::max_element(y, y + out);
                float sum = 0;
                for (size_t i = 0; i < out; ++i) sum += slope[i] = std::exp(y[i] - most);
                const float share = 1 / (sum * batch);
                for (size_t i = 0; i < out; ++i) slope[i] *= share;
                slope[labels[n]] -= 1.0f / batch;
            }
        } else {
            for (size_t i = 0; i < batch * out; ++i) slope[i] = (y[i] - targets[i]) * (2.0f / (batch * out));
        }
        net.run_back();
        if constexpr (Net::how == rule::sgd) {
            net.update([](size_t count, float* __restrict w, const float* __restrict g, size_t) {
                for (size_t i = 0; i < count; ++i) w[i] -= Net::rate * g[i];
            });
        } else {
            power1 *= 0.9f, power2 *= 0.999f;
            const float rate = Net::rate / (1 - power1), lift = 1 / std::sqrt(1 - power2);
            net.update([&](size_t count, float* __restrict w, const float* __restrict g, size_t tensor) {
                float* __restrict m = first[tensor].data(), * __restrict v = second[tensor].data();
                for (size_t i = 0; i < count; ++i) {
                    m[i] = 0.9f * m[i] + 0.1f * g[i];
                    v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
                    w[i] -= rate * m[i] / (std::sqrt(v[i]) * lift + 1e-8f);
                }
            });
        }
    }
    numbers parameters() { return net.parameters(); }
};

[[maybe_unused]] const bool listed = [] {
    const auto library = "oneDNN";
    one_sample<w1, single<w1>>(library);
    one_sample<w2, single<w2>>(library);
    one_sample<w3, single<w3>>(library);
    one_sample<w4, single<w4>>(library);
    one_sample<w7, single<w7>>(library);
    forward<w3, batched<w3>>(library);
    training<w3, trained<w3>>(library);
    training<w4, trained<w4>>(library);
    training<w5, trained<w5>>(library);
    training<w7, trained<w7>>(library);
    return true;
}();

} // namespace
#endif
