"""Set phrases of the trade with one character taken for another that sounds or looks alike.

Only phrases of three and more characters: with one sign exchanged, they mean nothing else.
"""

# Characters that are taken for each other, a group each.
_CONFUSED = """
议仪义意 象像相 己已巳 汛讯迅 座坐 度渡 拨拔 辨辩 检捡 即既 继既 安按 艰坚 防妨仿 范犯泛
境镜竟 建健 设没 施旋 部布步 署暑 贯惯 彻澈撤 练炼 宣喧 传船 清情青 理里 改该 治冶 城诚 管官
执职 法发 营盈 垃拉 圾级极 扬杨 尘层 燃然 气汽 道到 路露 疏梳蔬 浚峻竣 淤於 涝劳捞 隐引 患惠换
预予 案按 值直 班般 巡寻 群郡 众从 务物 诉拆 报抱 控空 维唯 修休 护户 绿录 化划花 升声生 效校
责则 任认 核该 进近尽 厉历励 保报 卫位 厕侧测 公工 占站 摊滩 贩返 牌脾 得的 作做 位为 步部
至致 赴付 圆园 焕换 洁结 序续 制治 宜疑 氛芬 识式 策测 筹畴 评平 绎译 懈泄解 厉励 怨愿 昧味
献现 源原 症证 漏陋 辞词 恒衡 矢失 筏阀 塌榻踏 陷限 泄泻 漏露 损员 缮膳 筑铸 掘崛 竣骏 验检
资姿 源原 密蜜 蔽敝 瓶平 阀伐 罐灌 箱厢 缆揽 线钱 杆竿 桩椿 栏拦 渠巨 沟构 堵赌 塞赛 畅肠 途徒
劝权 导异 纠究 规归 矩距 罚伐 款宽 查察 据剧 证正 监兰 督都 宪先 颁班 践贱 廉谦 纪记 律率 警惊
育肓 党当
"""
# Phrases as they are written.
_PHRASES = """
倡议书 承诺书 告知书 整改通知书 城市管理 综合执法 综合行政执法 行政执法 行政处罚 行政审批
依法行政 文明执法 规范执法 柔性执法 执法人员 执法队员 工作人员 环卫工人 人民群众 广大群众
责任单位 施工单位 安全生产 安全隐患 隐患排查 排查整治 专项整治 集中整治 综合整治 限期整改
责令整改 督促整改 立行立改 整改到位 落实到位 贯彻落实 安排部署 高度重视 认真履行 严格按照
深入开展 扎实推进 稳步推进 有序推进 加快推进 统筹推进 持续巩固 不断提升 有效提升 切实保障
圆满完成 第一时间 取得了 取得明显 取得良好 明显成效 显著成效 长效机制 常态长效 齐抓共管 全力以赴
占道经营 流动摊贩 店外经营 户外广告 广告牌 违法建设 违章搭建 生活垃圾 垃圾分类 垃圾清运 清扫保洁
背街小巷 公共厕所 智慧公厕 雨污分流 污水管网 污水处理 排水管网 疏通管道 清淤疏浚 内涝治理 易涝点
防汛物资 防汛工作 安全度汛 值班值守 应急预案 应急演练 应急处置 防汛抢险 燃气安全 天然气 液化气
扬尘治理 扬尘污染 大气污染 油烟扰民 噪声扰民 建筑垃圾 渣土车 渣土运输 文明城市 营商环境 便民服务
志愿服务 主题党日 主题教育 警示教育 廉政教育 党风廉政 民主生活会 座谈会 推进会 动员会 专题会议
会议要求 会议强调 会议指出 会议传达 宣传资料 宣传手册 宣传单 广泛宣传 家喻户晓 浓厚氛围 良好氛围
安全意识 法治意识 焕然一新 干净整洁 整洁有序 畅通有序 井然有序 一致好评 络绎不绝 迫在眉睫
防患未然 未雨绸缪 坚守岗位 兢兢业业 任劳任怨 无私奉献 见义勇为 拾金不昧 爱岗敬业 以身作则
率先垂范 雷厉风行 循序渐进 有条不紊 严阵以待 众志成城 义不容辞 持之以恒 常抓不懈 坚持不懈
卓有成效 有的放矢 追根溯源 对症下药 查漏补缺 刻不容缓 一如既往 再接再厉 因地制宜 精准施策
接诉即办 急难愁盼 形成合力 通力合作 协调联动 部门联动 基础设施 公共设施 环卫设施 市政设施
照明设施 道路塌陷 路面塌陷 路面破损 井盖破损 燃气泄漏 人行道 非机动车 斑马线 停车泊位 交通秩序
市容秩序 市容环境 环境卫生 城乡环境 人居环境 生态环境 精细化管理 网格化管理 规范化管理
标准化管理 常态化管理 数字化 智能化 信息化 亮化工程 绿化带 园林绿化 行道树 老旧小区 棚户区
居民反映 群众满意 满意率 办结率 覆盖率 利用率 处置率 严厉打击 严肃查处 立案查处 依法查处
从严查处 现场检查 监督检查 安全检查 联合执法 执法检查 日常巡查 夜间巡查 错时执法 宣传引导
教育引导 规劝引导 沿街商铺 沿街商户 门前三包 农贸市场 夜市摊点 烧烤摊点 露天烧烤 共享单车
机关党委 党支部 全体党员 干部职工
"""
# What stands where two other words meet, or is a word of its own.
_RIGHT_TOO = """
法制意识 然气安全 然气泄漏 人行到 天燃气 数字划 智能划 信息划 智慧公测 落实到为 落实到卫
整改到为 整改到卫 行到树 专题会意 专题会仪 专题会义 当支部 机关当委 取的明显 取的良好 办结律
满意律
"""


def confusions() -> dict[str, str]:
    """Wrong phrase → right phrase, for every phrase and every character taken for another."""
    others: dict[str, set[str]] = {}
    for group in _CONFUSED.split():
        for sign in group:
            others.setdefault(sign, set()).update(set(group) - {sign})
    right_too = frozenset(_RIGHT_TOO.split())
    right = frozenset(_PHRASES.split())
    found: dict[str, str] = {}
    for phrase in right:
        for at, sign in enumerate(phrase):
            for other in others.get(sign, ()):
                wrong = phrase[:at] + other + phrase[at + 1 :]
                if wrong not in right and wrong not in right_too:
                    found[wrong] = phrase
    return found
